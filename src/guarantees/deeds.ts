import type { Actor } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { Conflict, ensure, Invalid } from '../platform/errors.ts'
import { dayInJapan } from './days.ts'
import { isBound, move } from './moving.ts'
import { canConfirm, canLookAfter, canSuspend } from './policy.ts'
import type { GuaranteeRow } from './schema.ts'
import { readEnd, readTerms, type TermsDraft } from './terms.ts'

/** `seen` is the number of the last row of the history the actor knew of. */
type Seen = { seen: number }

/** The second pair of eyes agrees: the guarantee is in force. Throws Refused for whoever checked first. */
export async function confirmGuarantee(db: Db, actor: Actor, guarantee: GuaranteeRow, { seen }: Seen): Promise<GuaranteeRow> {
  ensure(canConfirm(actor, guarantee), 'guarantees.errors.sameEyes')
  return db.transaction(tx => move(tx, guarantee.id, () => ({ deed: 'confirmed', by: 'company', actorId: actor.id, seen })))
}

/** The second pair of eyes objects, or the company takes back what has not begun. */
export async function dropGuarantee(db: Db, actor: Actor, guarantee: GuaranteeRow, { seen }: Seen): Promise<GuaranteeRow> {
  ensure(canLookAfter(actor, guarantee), 'errors.refused')
  return db.transaction(tx => move(tx, guarantee.id, () => ({ deed: 'declined', by: 'company', actorId: actor.id, seen })))
}

/**
 * Vouches for the answer as it stands now, under the terms as they are now: after an edit, a new version, or the end. `revision` is the one
 * the agent read. Throws Refused while the operator holds the guarantee, Conflict when the answer was edited once more.
 */
export async function recheckGuarantee(
  db: Db,
  actor: Actor,
  guarantee: GuaranteeRow,
  draft: TermsDraft & Seen & { revision: number },
): Promise<GuaranteeRow> {
  ensure(canLookAfter(actor, guarantee), 'errors.refused')
  const [terms, validUntil] = [await readTerms(db, guarantee.companyId, draft), readEnd(draft.validUntil)]
  return db.transaction(tx =>
    move(tx, guarantee.id, ({ row, post }) => {
      ensure(row.suspendedBy !== 'operator', 'guarantees.errors.held')
      if (post.revision !== draft.revision) throw new Conflict('guarantees.errors.edited')
      const change = { terms, validUntil, validFrom: dayInJapan(), checkerId: actor.id, rebind: true }
      return { deed: 'rechecked', by: 'company', actorId: actor.id, seen: draft.seen, change }
    }),
  )
}

/** Vouches for the same words for longer. Throws Invalid at `validUntil`, Conflict when the words have changed. */
export async function renewGuarantee(
  db: Db,
  actor: Actor,
  guarantee: GuaranteeRow,
  { seen, validUntil: typed }: Seen & { validUntil: string },
): Promise<GuaranteeRow> {
  ensure(canLookAfter(actor, guarantee), 'errors.refused')
  const validUntil = readEnd(typed)
  return db.transaction(tx =>
    move(tx, guarantee.id, locked => {
      if (!isBound(locked)) throw new Conflict('guarantees.errors.edited')
      return { deed: 'renewed', by: 'company', actorId: actor.id, seen, change: { validUntil } }
    }),
  )
}

type WithReason = Seen & { reason: string }

/** The company no longer vouches, and says publicly why; the words stay readable on the certificate. Throws Invalid at `reason`. */
export function revokeGuarantee(db: Db, actor: Actor, guarantee: GuaranteeRow, input: WithReason): Promise<GuaranteeRow> {
  return endGuarantee(db, actor, guarantee, 'revoked', input)
}

/** The answer was wrong: everybody who relied on it is to know, and why. Throws Invalid at `reason`. */
export function recallGuarantee(db: Db, actor: Actor, guarantee: GuaranteeRow, input: WithReason): Promise<GuaranteeRow> {
  return endGuarantee(db, actor, guarantee, 'recalled', input)
}

async function endGuarantee(
  db: Db,
  actor: Actor,
  guarantee: GuaranteeRow,
  deed: 'revoked' | 'recalled',
  { seen, reason: typed }: WithReason,
) {
  ensure(canLookAfter(actor, guarantee), 'errors.refused')
  const reason = readReason(typed)
  return db.transaction(tx => move(tx, guarantee.id, () => ({ deed, by: 'company', actorId: actor.id, seen, reason })))
}

/** The operator stops a guarantee, with a public reason; only he lets it go on. */
export async function suspendGuarantee(
  db: Db,
  actor: Actor,
  guarantee: GuaranteeRow,
  { seen, reason: typed }: WithReason,
): Promise<GuaranteeRow> {
  ensure(canSuspend(actor), 'errors.refused')
  const reason = readReason(typed)
  return db.transaction(tx =>
    move(tx, guarantee.id, () => ({
      deed: 'suspended',
      by: 'operator',
      actorId: actor.id,
      seen,
      reason,
      change: { suspendedBy: 'operator' },
    })),
  )
}

/** The operator lets a guarantee go on that he had stopped. Throws Refused for one that stands still for another reason. */
export async function resumeGuarantee(db: Db, actor: Actor, guarantee: GuaranteeRow, { seen }: Seen): Promise<GuaranteeRow> {
  ensure(canSuspend(actor), 'errors.refused')
  return db.transaction(tx =>
    move(tx, guarantee.id, locked => {
      ensure(locked.row.suspendedBy === 'operator' || locked.row.number !== seen, 'errors.refused')
      if (!isBound(locked)) throw new Conflict('guarantees.errors.edited')
      return { deed: 'resumed', by: 'operator', actorId: actor.id, seen }
    }),
  )
}

const REASON_LETTERS = 1000

/** A reason everybody will read. Throws Invalid at `reason` for none. */
function readReason(typed: string): string {
  const reason = typed.normalize('NFC').trim()
  if (!/[\p{L}\p{N}]/u.test(reason)) throw new Invalid({ reason: 'form.required' })
  if ([...reason].length > REASON_LETTERS) throw new Invalid({ reason: { key: 'form.tooLong', values: { limit: REASON_LETTERS } } })
  return reason
}
