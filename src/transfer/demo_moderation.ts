import { readFileSync } from 'node:fs'
import { eq, sql } from 'drizzle-orm'
import { decideItem } from '../moderation/deciding.ts'
import type { Verdict } from '../moderation/decision.ts'
import { flagPost } from '../moderation/flags.ts'
import { watchPosting } from '../moderation/holds/holding.ts'
import { resubmit } from '../moderation/holds/mending.ts'
import { findAsAuthor } from '../moderation/holds/queries.ts'
import { findItem } from '../moderation/queue_queries.ts'
import type { FlagReason } from '../moderation/schema.ts'
import type { Db } from '../platform/db.ts'
import { postAnswer } from '../topics/answers.ts'
import { findPost } from '../topics/page_queries.ts'
import { findTopic, type Topic } from '../topics/queries.ts'
import { topics } from '../topics/schema.ts'
import { demoActor } from './demo_actor.ts'

type Flagged = {
  topic: string
  author: string
  body: string
  hoursAgo: number
  flags: { by: string; reason: FlagReason; words: string }[]
  decided?: Verdict & { by: string }
}

type Held = {
  topic: string
  author: string
  body: string
  hoursAgo: number
  decided?: Verdict & { by: string }
  mended?: string
}

const waiting: { flagged: Flagged[]; held: Held[] } = JSON.parse(readFileSync(new URL('./demo/moderation.json', import.meta.url), 'utf8'))

/** What waits for the moderators, a little of everything, and what they have decided. */
export async function seedModeration(db: Db): Promise<void> {
  for (const [place, flagged] of waiting.flagged.entries()) await seedFlagged(db, flagged, place)
  for (const [place, held] of waiting.held.entries()) await seedHeld(db, held, place)
}

async function seedFlagged(db: Db, { topic: title, author, body, hoursAgo, flags, decided }: Flagged, place: number) {
  const find = (handle: string) => demoActor(db, handle)
  const writer = await find(author)
  const topic = await topicCalled(db, title)
  const { id } = await postAnswer(db, writer, topic, { body, draftKey: `demo-moderation-${place}` })
  for (const { by, reason, words } of flags) await flagPost(db, await find(by), await findPost(db, await find(by), id), { reason, words })
  if (decided) await decide(db, id, decided)
  const earlier = sql`make_interval(hours => ${hoursAgo})`
  await db.execute(sql`update posts set created_at = now() - ${earlier} - interval '12 minutes' where id = ${id}`)
  await db.execute(sql`update flags set flagged_at = flagged_at - ${earlier} where post_id = ${id}`)
  await db.execute(sql`
    update review_items set opened_at = opened_at - ${earlier}, decided_at = decided_at - ${earlier} + interval '40 minutes' where subject_id = ${id}`)
}

/** A newcomer's answer that was held; sent back where it was decided, and handed in again where it was mended. */
async function seedHeld(db: Db, { topic: title, author, body, hoursAgo, decided, mended }: Held, place: number): Promise<void> {
  const writer = await demoActor(db, author)
  const topic = await topicCalled(db, title)
  const post = (tx: Db, held: boolean) => postAnswer(tx, { ...writer, level: 0 }, topic, { body, draftKey: `demo-held-${place}`, held })
  const { made } = await watchPosting(db, { ...writer, level: 0 }, { body, boardIds: [topic.boardId] }, post, posted => posted)
  if (decided) await decide(db, made.id, decided)
  if (mended) await resubmit(db, writer, await findAsAuthor(db, writer, made.id), { body: mended, revision: 1 })
  const earlier = sql`make_interval(mins => ${Math.round(hoursAgo * 60)})`
  await db.execute(sql`update posts set created_at = created_at - ${earlier}, held_at = held_at - ${earlier} where id = ${made.id}`)
  await db.execute(sql`
    update review_items set opened_at = opened_at - ${earlier}, decided_at = decided_at - ${earlier} / 2 where subject = 'post' and subject_id = ${made.id}`)
}

async function topicCalled(db: Db, title: string): Promise<Topic> {
  const [row] = await db.select({ id: topics.id }).from(topics).where(eq(topics.title, title))
  return findTopic(db, await demoActor(db, 'operator'), row?.id ?? 0)
}

async function decide(db: Db, postId: number, { by, ...verdict }: Verdict & { by: string }): Promise<void> {
  const moderator = await demoActor(db, by)
  const [item] = await db.execute<{ id: number }>(sql`
    select id::int as id from review_items where subject = 'post' and subject_id = ${postId} and decided_at is null`)
  await decideItem(db, moderator, await findItem(db, moderator, item?.id ?? 0), verdict)
}
