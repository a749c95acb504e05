import { createHash, randomUUID } from 'node:crypto'
import { and, desc, eq, sql } from 'drizzle-orm'
import { type Actor, isGuest } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { ensure } from '../platform/errors.ts'
import { drafts, posts, topics } from './schema.ts'

export type Draft = { draftKey: string; content: Record<string, string> }

/** A key under which one post is posted once, however often its form is sent. */
export const newDraftKey = (): string => randomUUID()

/**
 * The key for other words than those this key was used for (a page from before, gone back to): they become a post of their own,
 * and that once too. Nothing anybody wrote is dropped because its form was old.
 */
export const keyForOtherWords = (draftKey: string, ...words: (string | number)[]): string =>
  `${draftKey.slice(0, 60)}:${createHash('sha256').update(JSON.stringify(words)).digest('base64url').slice(0, 22)}`

/**
 * Keeps what somebody is writing at a place (`ask`, `answer:42`, `comment:9`, `edit:9`); empty content forgets it.
 * Words that were posted meanwhile are not kept: a save that comes late must not bring them back.
 */
export async function keepDraft(
  db: Db,
  actor: Actor,
  place: string,
  content: Record<string, string>,
  draftKey = newDraftKey(),
): Promise<void> {
  ensure(!isGuest(actor), 'errors.refused')
  if (!Object.entries(content).some(([name, text]) => name !== 'company' && text.trim())) return forgetDraft(db, actor, place)
  if (await isPosted(db, actor, draftKey, content.body ?? '')) return
  await db
    .insert(drafts)
    .values({ accountId: actor.id, place, draftKey, content })
    .onConflictDoUpdate({ target: [drafts.accountId, drafts.place], set: { content, savedAt: sql`now()` } })
}

async function isPosted(db: Db, actor: Actor, draftKey: string, body: string): Promise<boolean> {
  const words = body.replace(/\r\n?/g, '\n').trim()
  const posted = await db.execute(sql`
    select 1 from ${posts} p where p.author_id = ${actor.id} and p.draft_key = ${draftKey} and p.body = ${words}
    union all
    select 1 from ${topics} t join ${posts} p on p.id = t.opening_id where t.author_id = ${actor.id} and t.draft_key = ${draftKey} and p.body = ${words}`)
  return posted.length > 0
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
