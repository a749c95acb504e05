import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Actor } from '../../accounts/actor.ts'
import type { Db } from '../../platform/db.ts'
import { Conflict, ensure, Invalid } from '../../platform/errors.ts'
import { record } from '../../platform/outbox.ts'
import type { Storage } from '../../platform/storage.ts'
import { hidePost } from '../../topics/helping/hiding.ts'
import type { Post } from '../../topics/page_queries.ts'
import { writeAudit } from '../audit.ts'
import { readWords } from '../sanctions/sanctioning.ts'
import { endOfDays, KEEP_DAYS, VIEW_DAYS, waitsForView } from './clocks.ts'
import { canDecideTakedown } from './policy.ts'
import { type Takedown, takedownProofs, takedowns } from './schema.ts'

/** Asks the poster for his view: he has seven days, and silence allows the removal. Throws Refused, Conflict when he was asked or it is decided. */
export async function askPoster(db: Db, actor: Actor, { id }: Takedown, post: Post): Promise<void> {
  ensure(canDecideTakedown(actor, post), 'errors.refused')
  await db.transaction(async tx => {
    const [asked] = await tx
      .update(takedowns)
      .set({ askedAt: sql`now()`, viewUntil: endOfDays(VIEW_DAYS) })
      .where(and(eq(takedowns.id, id), isNull(takedowns.askedAt), isNull(takedowns.decidedAt)))
      .returning({ id: takedowns.id })
    if (!asked) throw new Conflict('takedowns.errors.meanwhile')
    await record(tx, 'takedown.asked', { takedownId: id, accountId: post.authorId })
    await writeAudit(tx, actor, 'takedown_asked', { subject: 'takedown', id, boardId: post.topic.boardId })
  })
}

/** The poster's view, while he is asked for it; he may change it until it is decided. Throws Refused when his time is over, Invalid at `words`. */
export async function sayView(
  db: Db,
  actor: Actor,
  takedown: Takedown,
  post: Post,
  { view, words: typed }: { view: 'agrees' | 'objects'; words: string },
): Promise<void> {
  ensure(actor.id === post.authorId && takedown.viewUntil !== null && takedown.viewUntil > new Date(), 'takedowns.errors.viewOver')
  const words = view === 'objects' ? readWords(typed) : typed.trim().slice(0, 1000)
  await db.transaction(async tx => {
    const said = await tx
      .update(takedowns)
      .set({ view, viewWords: words, viewedAt: sql`now()` })
      .where(and(eq(takedowns.id, takedown.id), isNull(takedowns.decidedAt), sql`${takedowns.viewUntil} > now()`))
      .returning({ id: takedowns.id })
    ensure(said.length > 0, 'takedowns.errors.viewOver')
    await record(tx, 'takedown.viewed', { takedownId: takedown.id })
  })
}

export type TakedownVerdict = { outcome: 'removed' | 'kept'; answer: string; urgent: boolean }

/**
 * Decides a request, once: the post is hidden or stays, and both are told why. Without the poster's view, or seven days of his silence, it
 * is removed only where it must not wait (`urgent`). Throws Refused, Invalid at `outcome` or `answer`, Conflict when it was decided meanwhile.
 */
export async function decideTakedown(
  db: Db,
  actor: Actor,
  takedown: Takedown,
  post: Post,
  { outcome, answer: typed, urgent }: TakedownVerdict,
): Promise<void> {
  ensure(canDecideTakedown(actor, post), 'errors.refused')
  const answer = readWords(typed, 'answer')
  if (outcome === 'removed' && !urgent && !takedown.askedAt) throw new Invalid({ outcome: 'takedowns.errors.askFirst' })
  if (outcome === 'removed' && !urgent && waitsForView(takedown)) throw new Invalid({ outcome: 'takedowns.errors.waits' })
  await db.transaction(async tx => {
    const [decided] = await tx
      .update(takedowns)
      .set({ outcome, answer, decidedById: actor.id, decidedAt: sql`now()` })
      .where(and(eq(takedowns.id, takedown.id), isNull(takedowns.decidedAt)))
      .returning({ id: takedowns.id })
    if (!decided) throw new Conflict('takedowns.errors.meanwhile')
    if (outcome === 'removed') await hidePost(tx, actor, post)
    await record(tx, 'takedown.decided', { takedownId: takedown.id, accountId: post.authorId })
    await writeAudit(
      tx,
      actor,
      'takedown_decided',
      { subject: 'takedown', id: takedown.id, boardId: post.topic.boardId },
      { outcome, post: post.id, urgent },
    )
  })
}

/** Forgets who asked, some time after the decision: name, address, words and proofs. What the figures count stays. By the clock. */
export async function forgetRequesters({ db, storage }: { db: Db; storage: Storage }): Promise<void> {
  const over = and(isNull(takedowns.forgottenAt), sql`${takedowns.decidedAt} < now() - make_interval(days => ${KEEP_DAYS})`)
  for (const { id } of await db.select({ id: takedowns.id }).from(takedowns).where(over).limit(500)) {
    for (const { place } of await db.select().from(takedownProofs).where(eq(takedownProofs.takedownId, id))) await storage.delete(place)
    await db.transaction(async tx => {
      await tx.delete(takedownProofs).where(eq(takedownProofs.takedownId, id))
      await tx.execute(sql`delete from takedown_keys where takedown_id = ${id}`)
      await tx
        .update(takedowns)
        .set({ name: null, email: null, words: null, viewWords: null, forgottenAt: sql`now()` })
        .where(eq(takedowns.id, id))
    })
  }
}
