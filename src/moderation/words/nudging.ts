import { createHash } from 'node:crypto'
import { and, eq, sql } from 'drizzle-orm'
import type { Actor } from '../../accounts/actor.ts'
import type { Db } from '../../platform/db.ts'
import { ensure } from '../../platform/errors.ts'
import { posts } from '../../topics/schema.ts'
import { refuseBlocked } from './blocking.ts'
import { HARSH, type Harshness, harshnessOf } from './harshness.ts'
import { wordsNow } from './keeping.ts'
import { type NUDGE_OUTCOMES, nudges } from './schema.ts'

/** What somebody is about to post, and where; `anyway` when he has looked at it and means it. */
export type Reply = { topic: { id: number; boardId: number; rootBoardId: number }; text: string; draftKey: string; anyway: boolean }
type Outcome = (typeof NUDGE_OUTCOMES)[number]

/**
 * Whether somebody should look at his reply again before it is posted: how harsh it sounds, when it does and he was not asked yet. That he
 * was asked is counted, once for each draft. Throws Invalid at `body` for words that cannot be posted at all.
 */
export async function lookAgain(db: Db, actor: Actor, { topic, text, draftKey, anyway }: Reply): Promise<Harshness | undefined> {
  const boardIds = [topic.boardId, topic.rootBoardId]
  await refuseBlocked(db, text, boardIds)
  const harsh = harshnessOf(text, await wordsNow(db), boardIds)
  if (harsh.score < HARSH || anyway) return undefined
  const asked = { score: harsh.score, words: hashOf(text), askedAt: sql`now()`, outcome: null, settledAt: null }
  await db
    .insert(nudges)
    .values({ accountId: actor.id, topicId: topic.id, boardId: topic.boardId, draftKey, ...asked })
    .onConflictDoUpdate({ target: [nudges.accountId, nudges.draftKey], set: asked })
  return harsh
}

/** Counts what somebody who was asked did: he posted what he had, or other words. */
export async function settleNudge(db: Db, actor: Actor, { draftKey, text }: Pick<Reply, 'draftKey' | 'text'>): Promise<void> {
  const outcome = sql<Outcome>`case when ${nudges.words} = ${hashOf(text)}::bytea then 'as_is' else 'changed' end`
  await settle(db, actor, draftKey, outcome)
}

/** Somebody who was asked left it. Resolves to the topic it was written for. Throws Refused where nobody was asked. */
export async function leaveIt(db: Db, actor: Actor, draftKey: string): Promise<number> {
  const topicId = await settle(db, actor, draftKey, 'withdrawn')
  ensure(topicId !== undefined, 'errors.refused')
  return topicId
}

async function settle(
  db: Db,
  actor: Actor,
  draftKey: string,
  outcome: Outcome | ReturnType<typeof sql<Outcome>>,
): Promise<number | undefined> {
  const [settled] = await db
    .update(nudges)
    .set({ outcome: outcome as Outcome, settledAt: sql`now()` })
    .where(and(eq(nudges.accountId, actor.id), eq(nudges.draftKey, draftKey)))
    .returning({ topicId: nudges.topicId })
  return settled?.topicId
}

/**
 * Whoever was asked a day ago and neither posted nor said so has let it be; whoever posted from another page of his meanwhile has changed it or
 * not. By the clock.
 */
export async function settleOldNudges(db: Db): Promise<void> {
  await db.execute(sql`
    update ${nudges} n set settled_at = now(), outcome = coalesce((
      select case when sha256(convert_to(p.body, 'UTF8')) = n.words then 'as_is' else 'changed' end
      from ${posts} p where p.author_id = n.account_id and p.draft_key = n.draft_key limit 1), 'withdrawn')
    where n.outcome is null and n.asked_at < now() - interval '1 day'`)
}

const hashOf = (text: string): Buffer => createHash('sha256').update(text.replace(/\r\n?/g, '\n').trim()).digest()
