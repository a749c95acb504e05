import { sql } from 'drizzle-orm'
import type { TaskList } from 'graphile-worker'
import type { EventOf } from '../events.ts'
import type { Services } from '../platform/services.ts'
import { noteBounce } from './bounces.ts'
import { writeMails } from './mailing.ts'
import { noticesOfGone } from './reading.ts'
import { ringDue } from './ringing.ts'
import { tellAll } from './telling.ts'

const FAN_OUT = 'notify.fan_out'
const RING = 'notify.ring'

/** Whoever these events concern hears of them; who that is, the table of kinds says. A great many followers hear by jobs behind all others. */
export const tellAbout = (services: Services, events: EventOf[]): Promise<void> => tellFrom(services, events, 0)

/** What is gone waits for nobody any more. */
export const settleNotices = (
  { db }: Services,
  { data }: EventOf<'post.hidden' | 'post.withdrawn' | 'topic.hidden' | 'topic.withdrawn'>,
): Promise<void> => noticesOfGone(db, data)

type FanOut = { event: EventOf; after: number }

/** The jobs that notices make by themselves. */
export function noticeTasks(services: Services): TaskList {
  return {
    [RING]: () => ringBrowsers(services),
    [FAN_OUT]: payload => tellFrom(services, [(payload as FanOut).event], (payload as FanOut).after),
  }
}

const BEHIND_OTHERS = 10

async function tellFrom({ db }: Services, events: EventOf[], after: number): Promise<void> {
  const { unfinished, rings } = await tellAll(db, events, after)
  if (rings) await db.execute(sql`select graphile_worker.add_job(${RING}, job_key := ${RING})`)
  for (const event of events) {
    const next = unfinished.get(Number(event.id))
    if (next === undefined) continue
    const job: FanOut = { event, after: next }
    await db.execute(sql`select graphile_worker.add_job(${FAN_OUT}, ${JSON.stringify(job)}::json,
      job_key := ${`${FAN_OUT}:${event.id}:${next}`}, job_key_mode := 'preserve_run_at', priority := ${BEHIND_OTHERS}::int)`)
  }
}

/** Writes and sends the mails that are due. An address the server will never take gets no more until its owner asks for it. */
export async function mailNotices(services: Services): Promise<void> {
  while ((await writeMails(services)) > 0);
  await services.mail.deliver(recipient => noteBounce(services.db, recipient, 'bounce'))
}

/** Rings the browsers that are due. */
export async function ringBrowsers(services: Services): Promise<void> {
  while ((await ringDue(services)) > 0);
}
