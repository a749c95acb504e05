import { readFileSync } from 'node:fs'
import { eq, sql } from 'drizzle-orm'
import { ignoreMember } from '../accounts/ignoring.ts'
import { findMember } from '../accounts/queries.ts'
import { appeal } from '../moderation/appeals/appealing.ts'
import { handOver } from '../moderation/care/handing_over.ts'
import { type Step, sanction } from '../moderation/sanctions/sanctioning.ts'
import type { RuleBroken } from '../moderation/sanctions/schema.ts'
import { askPoster, decideTakedown } from '../moderation/takedowns/deciding.ts'
import { fileTakedown } from '../moderation/takedowns/filing.ts'
import { findByKey } from '../moderation/takedowns/queries.ts'
import type { Right } from '../moderation/takedowns/schema.ts'
import { moveTopic } from '../moderation/threads/moving.ts'
import { threadChanges } from '../moderation/threads/schema.ts'
import { undoChange } from '../moderation/threads/undoing.ts'
import type { Db } from '../platform/db.ts'
import { findPost, type Post } from '../topics/page_queries.ts'
import { findTopic } from '../topics/queries.ts'
import { demoActor } from './demo_actor.ts'

const texts: Decisions = JSON.parse(readFileSync(new URL('./demo/decisions.json', import.meta.url), 'utf8'))

type Decisions = {
  sanctions: { member: string; kind: Step; rule: RuleBroken; words: string; days: number; draftKey: string }[]
  appeal: string
  moved: string
  requester: { name: string; email: string }
  takedowns: { poster: string; right: Right; words: string; state: 'new' | 'asked' | 'decided'; answer: string; draftKey: string }[]
}

/** What was decided before, and what waits: steps against members, an objection, requests for removal, a thread put in order. */
export async function seedDecisions(db: Db): Promise<void> {
  const [moderator, operator] = [await demoActor(db, 'moderator'), await demoActor(db, 'operator')]
  for (const { member, kind, rule, words, days, draftKey } of texts.sanctions) {
    const post = await newestBy(db, member, moderator.moderates)
    const step = { kind, rule, words, days, perDay: 3, draftKey }
    await sanction(db, moderator, await findMember(db, member), { ...step, boardId: post.topic.boardId, postIds: [post.id] })
  }
  await appeal(db, await demoActor(db, 'nishiki_ya'), 'sanction', await sanctionOf(db, 'nishiki_ya'), { words: texts.appeal })
  await seedTakedowns(db)
  await handOver(db, await demoActor(db, 'advisor'), await newestBy(db, 'kenji', moderator.moderates))
  await ignoreMember(db, await demoActor(db, 'tamaki'), await findMember(db, 'tora'), 'ignore')
  await moveAndBack(db)
  await db.execute(sql`update sanctions set at = at - interval '2 days'`)
  await db.execute(
    sql`update appeals set opened_at = opened_at - interval '1 day', due_at = due_at - interval '1 day', against = against - interval '2 days'`,
  )
  await db.execute(sql`update takedowns set received_at = received_at - interval '3 days', decided_at = decided_at - interval '1 day'`)

  /** A topic that was moved in error, so that there is something to read in its log. */
  async function moveAndBack(db: Db): Promise<void> {
    const [row] = await db.execute<{ topic: number; board: number }>(sql`
      select t.id::int as topic, b.id::int as board from topics t join boards b on b.id <> t.board_id and t.kind = any(b.kinds) and b.archived_at is null
      where t.hidden_at is null order by t.id, b.id limit 1`)
    const topic = await findTopic(db, operator, row?.topic ?? 0)
    await moveTopic(db, operator, topic, { boardId: row?.board ?? 0, reason: texts.moved })
    const [change] = await db.select().from(threadChanges).where(eq(threadChanges.topicId, topic.id))
    await undoChange(db, operator, change?.id ?? 0)
  }
}

/** One that is new, one whose poster is asked, one that was decided. */
async function seedTakedowns(db: Db): Promise<void> {
  const operator = await demoActor(db, 'operator')
  for (const { poster, right, words, state, answer, draftKey } of texts.takedowns) {
    const post = await newestBy(db, poster)
    const person = { name: texts.requester.name, email: texts.requester.email, relation: 'self' as const, locale: 'ja' as const }
    const key = await fileTakedown(db, operator, { ...person, post: `/posts/${post.id}`, right, words, draftKey })
    const takedown = await findByKey(db, key)
    if (state !== 'new') await askPoster(db, operator, takedown, post)
    if (state === 'decided') await decideTakedown(db, operator, takedown, post, { outcome: 'kept', answer, urgent: false })
  }
}

async function newestBy(db: Db, handle: string, boards?: number[]): Promise<Post> {
  const within = boards ? sql`and t.board_id = any(${sql.param(boards)}::bigint[])` : sql``
  const [row] = await db.execute<{ id: number }>(sql`
    select p.id::int as id from posts p join accounts a on a.id = p.author_id join topics t on t.id = p.topic_id
    where a.handle = ${handle} and p.kind <> 'comment' and p.hidden_at is null and t.hidden_at is null and cardinality(t.company_ids) = 0 ${within} order by p.id desc limit 1`)
  return findPost(db, await demoActor(db, 'operator'), row?.id ?? 0)
}

async function sanctionOf(db: Db, handle: string): Promise<number> {
  const [row] = await db.execute<{ id: number }>(
    sql`select s.id::int as id from sanctions s join accounts a on a.id = s.account_id where a.handle = ${handle}`,
  )
  return row?.id ?? 0
}
