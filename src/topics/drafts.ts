import { randomUUID } from 'node:crypto'
import { and, desc, eq, sql } from 'drizzle-orm'
import { type Actor, isGuest } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { ensure } from '../platform/errors.ts'
import { drafts } from './schema.ts'

export type Draft = { draftKey: string; content: Record<string, string> }

/** A key under which one post is posted once, however often its form is sent. */
export const newDraftKey = (): string => randomUUID()

/** Keeps what somebody is writing at a place (`ask`, `answer:42`, `comment:9`, `edit:9`); empty content forgets it. */
export async function keepDraft(
  db: Db,
  actor: Actor,
  place: string,
  content: Record<string, string>,
  draftKey = newDraftKey(),
): Promise<void> {
  ensure(!isGuest(actor), 'errors.refused')
  if (!Object.values(content).some(text => text.trim())) return forgetDraft(db, actor, place)
  await db
    .insert(drafts)
    .values({ accountId: actor.id, place, draftKey, content })
    .onConflictDoUpdate({ target: [drafts.accountId, drafts.place], set: { content, savedAt: sql`now()` } })
}

/** Forgets the draft of a place: it was posted, or its writer threw it away. */
export async function forgetDraft(db: Db, actor: Actor, place: string): Promise<void> {
  await db.delete(drafts).where(and(eq(drafts.accountId, actor.id), eq(drafts.place, place)))
}

/** What the actor is writing at a place; a fresh key where there is nothing yet. Guests have no drafts. */
export async function findDraft(db: Db, actor: Actor, place: string): Promise<Draft> {
  const [draft] = isGuest(actor)
    ? []
    : await db
        .select({ draftKey: drafts.draftKey, content: drafts.content })
        .from(drafts)
        .where(and(eq(drafts.accountId, actor.id), eq(drafts.place, place)))
  return draft ?? { draftKey: newDraftKey(), content: {} }
}

/** Everything the actor has begun and not posted, newest first. */
export async function listDrafts(db: Db, actor: Actor) {
  return db
    .select({ place: drafts.place, content: drafts.content, savedAt: drafts.savedAt })
    .from(drafts)
    .where(eq(drafts.accountId, actor.id))
    .orderBy(desc(drafts.savedAt))
    .limit(100)
}
