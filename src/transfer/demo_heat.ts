import { readFileSync } from 'node:fs'
import { eq, sql } from 'drizzle-orm'
import { boards } from '../boards/schema.ts'
import { flagPost } from '../moderation/flags.ts'
import { measure } from '../moderation/heat/measuring.ts'
import { takeSteps } from '../moderation/heat/stepping.ts'
import { seedWordLists } from '../moderation/words/words.ts'
import type { Db } from '../platform/db.ts'
import { postAnswer } from '../topics/answers.ts'
import { ask } from '../topics/asking.ts'
import { findPost } from '../topics/page_queries.ts'
import { findTopic } from '../topics/queries.ts'
import { posts, topics } from '../topics/schema.ts'
import { demoActor } from './demo_actor.ts'

type Said = { by: string; minutesAgo: number; body: string; flaggedBy?: string[] }
type Quarrel = { board: string; author: string; title: string; body: string; said: Said[] }

const quarrel: Quarrel = JSON.parse(readFileSync(new URL('./demo/heat.json', import.meta.url), 'utf8'))

/** Two who quarrel, within the last hour: marked, told to moderators, slowed down by itself, as it would be if it had just happened. */
export async function seedHeat(db: Db): Promise<void> {
  await seedWordLists(db)
  const [board] = await db.select({ id: boards.id }).from(boards).where(eq(boards.slug, quarrel.board))
  const asker = await demoActor(db, quarrel.author)
  const { title, body } = quarrel
  const draft = { boardId: board?.id ?? 0, kind: 'discussion' as const, title, body, tags: '', draftKey: 'demo-heat-opening' }
  const { id, openingId } = await ask(db, asker, draft)
  await backdate(db, openingId ?? 0, 90)
  await db
    .update(topics)
    .set({ createdAt: minutesAgo(90), activeAt: minutesAgo(12) })
    .where(eq(topics.id, id))
  for (const [place, said] of quarrel.said.entries()) await say(db, id, said, place)
  const events = await db.execute<{ id: number; postId: number; isFlag: boolean }>(sql`
    select id::int as id, (data->>'postId')::int as "postId", name = 'post.flagged' as "isFlag" from events
    where name in ('topic.asked', 'answer.posted', 'post.flagged') and (data->>'topicId')::int = ${id} order by id`)
  const added = events.map(({ id: eventId, postId, isFlag }) => ({ eventId, topicId: id, postId, ...(isFlag && { weighs: { flags: 1 } }) }))
  for (const measured of await measure(db, added)) await takeSteps(db, measured)
}

async function say(db: Db, topicId: number, { by, body, minutesAgo: ago, flaggedBy = [] }: Said, place: number): Promise<void> {
  const speaker = await demoActor(db, by)
  const { id } = await postAnswer(db, speaker, await findTopic(db, speaker, topicId), { body, draftKey: `demo-heat-${place}` })
  await backdate(db, id, ago)
  for (const handle of flaggedBy) {
    const reader = await demoActor(db, handle)
    await flagPost(db, reader, await findPost(db, reader, id), { reason: 'abuse', words: '' })
  }
}

const minutesAgo = (minutes: number) => sql`now() - make_interval(mins => ${minutes})`
const backdate = (db: Db, id: number, minutes: number) =>
  db
    .update(posts)
    .set({ createdAt: minutesAgo(minutes) })
    .where(eq(posts.id, id))
