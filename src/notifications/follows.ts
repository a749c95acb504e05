import { and, eq, sql } from 'drizzle-orm'
import { type Actor, isGuest } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { ensure } from '../platform/errors.ts'
import type { Subject } from './follow_queries.ts'
import { type Level, watches } from './schema.ts'

/** Says how much of something somebody wants to hear; saying it again changes it. */
export async function follow(db: Db, actor: Actor, { subject }: Pick<Subject, 'subject'>, level: Level): Promise<void> {
  ensure(!isGuest(actor), 'errors.refused')
  await db
    .insert(watches)
    .values({ subject, accountId: actor.id, level })
    .onConflictDoUpdate({ target: [watches.subject, watches.accountId], set: { level, since: sql`now()` } })
}

/** Follows it no more: he hears only what concerns himself. */
export async function unfollow(db: Db, actor: Actor, { subject }: Pick<Subject, 'subject'>): Promise<void> {
  await db.delete(watches).where(and(eq(watches.subject, subject), eq(watches.accountId, actor.id)))
}

/** Nothing more of a topic: by the link in a mail, without logging in. */
export async function muteTopic(db: Db, accountId: number, topicId: number): Promise<void> {
  const muted = { subject: `topic:${topicId}`, accountId, level: 'nothing' as const }
  await db
    .insert(watches)
    .values(muted)
    .onConflictDoUpdate({ target: [watches.subject, watches.accountId], set: { level: 'nothing' } })
}
