import { and, eq, sql } from 'drizzle-orm'
import type { Actor } from '../../accounts/actor.ts'
import type { Db } from '../../platform/db.ts'
import { ensure, Invalid } from '../../platform/errors.ts'
import { record } from '../../platform/outbox.ts'
import { openItem } from '../opening.ts'
import { readWords } from '../sanctions/sanctioning.ts'
import { canAppeal } from './policy.ts'
import { type AppealableRow, findAppealable } from './queries.ts'
import { type Appealed, appeals } from './schema.ts'

/** Within so many days one objects, and within so many it is answered. */
export const APPEAL_DAYS = 90
export const ANSWER_DAYS = 7

/**
 * Objects to a decision about oneself: once for each. Somebody else than who decided it decides anew. Also who may not write may do this.
 * Throws Missing, Refused when it is too late or was done before, Invalid at `words`.
 */
export async function appeal(
  db: Db,
  actor: Actor,
  subject: Appealed,
  subjectId: number,
  { words: typed }: { words: string },
): Promise<void> {
  const matter = await findAppealable(db, actor, subject, subjectId)
  ensure(canAppeal(actor, matter, APPEAL_DAYS), 'appeals.errors.notNow')
  const words = readWords(typed)
  await db.transaction(async tx => {
    const [opened] = await tx
      .insert(appeals)
      .values({ ...opening(actor, subject, subjectId, matter), words })
      .onConflictDoNothing()
      .returning({ id: appeals.id, dueAt: appeals.dueAt })
    if (!opened) throw new Invalid({ words: 'appeals.errors.before' })
    const item = await openItem(tx, {
      ...{
        kind: 'appeal',
        subject,
        subjectId,
        boardId: matter.boardId,
        topicId: matter.topicId ?? undefined,
        companyIds: matter.companyIds,
      },
      ...{ tier: 2, aboutId: actor.id, notById: matter.firstById ?? undefined, facts: { appealId: opened.id, words, dueAt: opened.dueAt } },
    })
    await tx
      .update(appeals)
      .set({ itemId: item.id })
      .where(and(eq(appeals.id, opened.id)))
    await record(tx, 'appeal.opened', { appealId: opened.id, accountId: actor.id })
  })
}

const opening = (actor: Actor, subject: Appealed, subjectId: number, { decidedAt, firstById }: AppealableRow) => ({
  ...{ accountId: actor.id, subject, subjectId, against: decidedAt, firstById },
  dueAt: sql`now() + make_interval(days => ${ANSWER_DAYS})`,
})
