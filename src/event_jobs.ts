import type { JobHelpers, TaskList } from 'graphile-worker'
import { type Effect, effects } from './effects.ts'
import type { EventName, EventOf } from './events.ts'
import { gatherMeanwhile } from './platform/gathering.ts'
import type { Services } from './platform/services.ts'
import { takingTurns } from './platform/taking_turns.ts'

type EffectJob = { event: EventOf; effect: string }
type EventJob = { event: EventOf; helpers: JobHelpers }
type AnyEffect = Effect<EventName>

/** Effects that take one event each run so many at once. */
const AT_ONCE = 4

/**
 * The jobs that carry events to their effects. An event's effects run one after the other in its own job; one that fails becomes a job
 * of its own and retries alone, so it neither holds up nor repeats the others. Events of one name that come while others are being
 * followed up are the next to be followed up, together (see docs/decisions/004-events.md).
 */
export function eventTasks(services: Services): TaskList {
  const inTurn = takingTurns(AT_ONCE)
  const follow = (jobs: EventJob[]) => followUp(services, jobs, inTurn)
  const gathered = gatherMeanwhile<EventJob>(({ event }) => event.name, follow)
  return {
    event: async (payload, helpers) => {
      const job = { event: payload as EventOf, helpers }
      await (effectsOf(job.event.name).some(effect => effect.together) ? gathered(job) : follow([job]))
    },
    effect: async payload => {
      const { event, effect: name } = payload as EffectJob
      await inTurn(async () => effectsOf(event.name).find(effect => effect.name === name)?.(services, event))
    },
  }
}

const effectsOf = (name: EventName) => ((effects as Record<string, unknown>)[name] ?? []) as AnyEffect[]

/** Runs the effects of these events, all of one name, in their order. None throws: what fails will be tried again. */
async function followUp(services: Services, jobs: EventJob[], inTurn: ReturnType<typeof takingTurns>): Promise<void> {
  const events = jobs.map(({ event }) => event)
  for (const effect of effectsOf(events[0]?.name as EventName)) {
    // Where they fail together, one of them may be the reason: each is tried alone.
    const isDone = effect.together && events.length > 1 && (await succeeds(effect.together(services, events), effect, services))
    if (!isDone) await Promise.all(jobs.map(job => inTurn(() => runAlone(services, effect, job))))
  }
}

const succeeds = (work: Promise<void>, effect: AnyEffect, { log }: Services) =>
  work.then(
    () => true,
    error => {
      log.debug({ err: error, effect: effect.name }, 'an effect failed for some events together')
      return false
    },
  )

async function runAlone(services: Services, effect: AnyEffect, { event, helpers }: EventJob): Promise<void> {
  try {
    await effect(services, event)
  } catch (error) {
    services.log.warn({ err: error, event: event.id, effect: effect.name }, 'an effect failed and will be tried again')
    await helpers.addJob(
      'effect',
      { event, effect: effect.name },
      { jobKey: `${event.id}:${effect.name}`, jobKeyMode: 'preserve_run_at', runAt: new Date(Date.now() + 1000) },
    )
  }
}
