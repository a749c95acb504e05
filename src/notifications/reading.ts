import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { gather } from '../platform/gathering.ts'
import { type NoticeRow, notices } from './schema.ts'

/** A line was opened: everything it stands for is read. */
export async function readThread(db: Db, actor: Actor, { thread }: Pick<NoticeRow, 'thread'>): Promise<void> {
  await read(db, actor.id, eq(notices.thread, thread))
}

/** Everything up to the notice with this id is read: what came while he looked is not. */
export async function readAll(db: Db, actor: Actor, { upTo }: { upTo: number }): Promise<void> {
  await read(db, actor.id, sql`${notices.id} <= ${upTo}`)
}

async function read(db: Db, accountId: number, which: ReturnType<typeof eq>): Promise<void> {
  await db
    .update(notices)
    .set({ readAt: sql`now()` })
    .where(and(eq(notices.accountId, accountId), isNull(notices.readAt), which))
}

/** A post or a topic that is hidden or was taken back is no news any more. */
export async function noticesOfGone(db: Db, { topicId, postId }: { topicId: number; postId?: number }): Promise<void> {
  await db
    .update(notices)
    .set({ readAt: sql`now()` })
    .where(and(eq(notices.topicId, topicId), isNull(notices.readAt), postId ? eq(notices.postId, postId) : undefined))
}

type Look = { accountId: number; topicId: number }

/** Who opens a topic has read what he was told of it. Looks are gathered and written together, off the way of the page. */
export function noteLooks(db: Db, { everyMs = 1000, onError = (_: unknown) => {} } = {}) {
  const { add, flush, stop } = gather<Look>({ everyMs, write: looks => readTopics(db, looks), onError })
  return { add: (look: Look) => add(`${look.accountId} ${look.topicId}`, look), flush, stop }
}

async function readTopics(db: Db, looks: Look[]): Promise<void> {
  const [accounts, topics] = [looks.map(({ accountId }) => accountId), looks.map(({ topicId }) => topicId)]
  await db.execute(sql`
    update notices set read_at = now() from unnest(${sql.param(accounts)}::bigint[], ${sql.param(topics)}::bigint[]) as look(account, topic)
    where account_id = look.account and topic_id = look.topic and read_at is null`)
}
