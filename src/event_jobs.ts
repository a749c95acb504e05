import type { JobHelpers, TaskList } from 'graphile-worker'
import { type Effect, effects } from './effects.ts'
import type { EventName, EventOf } from './events.ts'
import type { Services } from './platform/services.ts'

type EffectJob = { event: EventOf; effect: string }

/**
 * The jobs that carry events to their effects. An event's effects run one after the other in its own job; one that fails becomes a job
 * of its own and retries alone, so it neither holds up nor repeats the others (see docs/decisions/004-events.md).
 */
export function eventTasks(services: Services): TaskList {
  return {
    event: async (payload, helpers) => {
      const event = payload as EventOf
      for (const effect of effectsOf(event.name))
        await effect(services, event).catch(error => retryAlone(error, event, effect, services, helpers))
    },
    effect: async payload => {
      const { event, effect: name } = payload as EffectJob
      await effectsOf(event.name).find(effect => effect.name === name)?.(services, event)
    },
  }
}

const effectsOf = <Name extends EventName>(name: Name) => ((effects as Record<string, unknown>)[name] ?? []) as Effect<EventName>[]

async function retryAlone(
  error: unknown,
  event: EventOf,
  effect: Effect<EventName>,
  { log }: Services,
  helpers: JobHelpers,
): Promise<void> {
  log.warn({ err: error, event: event.id, effect: effect.name }, 'an effect failed and will be tried again')
  await helpers.addJob(
    'effect',
    { event, effect: effect.name },
    { jobKey: `${event.id}:${effect.name}`, jobKeyMode: 'preserve_run_at', runAt: new Date(Date.now() + 1000) },
  )
}
