import { eq } from 'drizzle-orm'
import type { Actor } from '../../accounts/actor.ts'
import type { Db } from '../../platform/db.ts'
import { Missing } from '../../platform/errors.ts'
import type { Decision, ReviewKind } from '../decision.ts'
import type { ReviewItem } from '../schema.ts'
import { imposeAgain, liftIn } from './sanctioning.ts'
import { type Sanction, sanctions } from './schema.ts'

/** The sanction an item is about, as it stands. Throws Missing. */
export async function sanctionOf(tx: Db, item: ReviewItem): Promise<Sanction> {
  const [row] = await tx.select().from(sanctions).where(eq(sanctions.id, item.subjectId))
  if (!row) throw new Missing()
  return row
}

/** Another person after all: he writes again. */
const release: Decision = {
  name: 'release_account',
  key: 'r',
  reasons: ['another_person', 'other'],
  apply: async (tx: Db, actor: Actor, item, verdict) => liftIn(tx, actor, await sanctionOf(tx, item), verdict.words),
  undo: async (tx, _actor, item) => imposeAgain(tx, await sanctionOf(tx, item)),
}

/** The same person: it stays as it is for as long as the first account may not write. */
const keepHeld: Decision = { name: 'keep_held', key: 'k', reasons: ['same_person', 'other'], apply: async () => {}, undo: async () => {} }

/** An account that looks like a second one of somebody suspended. */
export const secondAccountKind: ReviewKind = { decisions: [release, keepHeld] }
