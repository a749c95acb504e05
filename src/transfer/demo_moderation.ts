import { readFileSync } from 'node:fs'
import { eq, sql } from 'drizzle-orm'
import { decideItem } from '../moderation/deciding.ts'
import { flagPost } from '../moderation/flags.ts'
import { findItem } from '../moderation/queue_queries.ts'
import type { FlagReason } from '../moderation/schema.ts'
import type { Db } from '../platform/db.ts'
import { postAnswer } from '../topics/answers.ts'
import { findPost } from '../topics/page_queries.ts'
import { findTopic } from '../topics/queries.ts'
import { topics } from '../topics/schema.ts'
import { demoActor } from './demo_actor.ts'

type Flagged = {
  topic: string
  author: string
  body: string
  hoursAgo: number
  flags: { by: string; reason: FlagReason; words: string }[]
  decided?: { by: string; decision: string; reason: string; words: string }
}

const waiting: { flagged: Flagged[] } = JSON.parse(readFileSync(new URL('./demo/moderation.json', import.meta.url), 'utf8'))

/** What waits for the moderators, a little of everything, and what they have decided. */
export async function seedModeration(db: Db): Promise<void> {
  for (const [place, flagged] of waiting.flagged.entries()) await seedFlagged(db, flagged, place)
}

async function seedFlagged(db: Db, { topic: title, author, body, hoursAgo, flags, decided }: Flagged, place: number) {
  const find = (handle: string) => demoActor(db, handle)
  const [row] = await db.select({ id: topics.id }).from(topics).where(eq(topics.title, title))
  const writer = await find(author)
  const topic = await findTopic(db, await find('operator'), row?.id ?? 0)
  const { id } = await postAnswer(db, writer, topic, { body, draftKey: `demo-moderation-${place}` })
  for (const { by, reason, words } of flags) await flagPost(db, await find(by), await findPost(db, await find(by), id), { reason, words })
  const [item] = await db.execute<{ id: number }>(sql`select id::int as id from review_items where subject = 'post' and subject_id = ${id}`)
  if (decided && item) await decideItem(db, await find(decided.by), await findItem(db, await find(decided.by), item.id), decided)
  const earlier = sql`make_interval(hours => ${hoursAgo})`
  await db.execute(sql`update posts set created_at = now() - ${earlier} - interval '12 minutes' where id = ${id}`)
  await db.execute(sql`update flags set flagged_at = flagged_at - ${earlier} where post_id = ${id}`)
  await db.execute(sql`
    update review_items set opened_at = opened_at - ${earlier}, decided_at = decided_at - ${earlier} + interval '40 minutes' where subject_id = ${id}`)
}
