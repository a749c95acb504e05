import { and, eq, inArray, isNull, or, sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import { accounts } from '../accounts/schema.ts'
import { endSessions } from '../accounts/sessions.ts'
import type { Db } from '../platform/db.ts'
import { Conflict, ensure, Invalid, Missing } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import { markOf } from './certification_schemes.ts'
import { noteStep } from './certifying.ts'
import { canAskSecondLook, canCheck, canDecide, canRevoke } from './people/policy.ts'
import { type CertificationRow, certifications } from './people/schema.ts'

export type Verdict = 'approved' | 'declined'

/** Days before the end at which the holder is reminded. */
export const REMIND_DAYS = 30
const BATCH = 200

// Days are days in Japan.
const today = sql`(now() at time zone 'Asia/Tokyo')::date`
const OPEN = ['waiting', 'second_look'] as const

/**
 * Decides about a certificate that waits; the number is forgotten with it, the picture deleted after it. Of two who decide at once one
 * wins. Throws Refused for one's own and for whoever asked for the second look, Invalid at `reason`, Conflict when it was decided.
 */
export async function decideCertification(
  db: Db,
  actor: Actor,
  certification: CertificationRow,
  { verdict, reason }: { verdict: Verdict; reason: string },
): Promise<void> {
  ensure(canCheck(actor, certification), 'errors.refused')
  ensureOpen(certification)
  ensure(canDecide(actor, certification), 'errors.refused')
  if (verdict === 'declined' && !reason.trim()) throw new Invalid({ reason: 'certification.sayWhy' })
  await db.transaction(async tx => {
    const decided = await tx
      .update(certifications)
      .set({ state: verdict, reason: reason.trim(), number: null, decidedAt: new Date() })
      .where(
        and(
          eq(certifications.id, certification.id),
          inArray(certifications.state, OPEN),
          or(isNull(certifications.secondLookById), sql`${certifications.secondLookById} <> ${actor.id}`),
        ),
      )
      .returning({ id: certifications.id })
    if (decided.length === 0) throw new Conflict('errors.certificationDecided')
    await noteStep(tx, certification.id, verdict, actor.id, reason.trim())
    if (verdict === 'approved') await refreshMark(tx, certification.accountId)
    await record(tx, 'certification.decided', { certificationId: certification.id, accountId: certification.accountId })
  })
}

/** Leaves the decision to another operator, with a note for him. Throws Refused, Invalid at `note`, Conflict when it was decided or asked. */
export async function askSecondLook(db: Db, actor: Actor, certification: CertificationRow, note: string): Promise<void> {
  ensure(canCheck(actor, certification), 'errors.refused')
  ensureOpen(certification)
  ensure(canAskSecondLook(actor, certification), 'errors.refused')
  if (!note.trim()) throw new Invalid({ note: 'certification.sayWhat' })
  await db.transaction(async tx => {
    const asked = await tx
      .update(certifications)
      .set({ state: 'second_look', secondLookById: actor.id })
      .where(and(eq(certifications.id, certification.id), eq(certifications.state, 'waiting')))
      .returning({ id: certifications.id })
    if (asked.length === 0) throw new Conflict('errors.certificationDecided')
    await noteStep(tx, certification.id, 'second_look', actor.id, note.trim())
    await record(tx, 'certification.second_look_asked', { certificationId: certification.id, accountId: certification.accountId })
  })
}

/** The holder takes his application back, or his mark off. Doing it twice is doing it once. */
export async function withdrawCertification(db: Db, actor: Actor, certification: CertificationRow): Promise<void> {
  ensure(certification.accountId === actor.id, 'errors.refused')
  await endCertification(db, certification, [...OPEN, 'approved'], { state: 'withdrawn', actorId: actor.id })
}

/** Takes a mark back that should not have been given. Throws Refused, Invalid at `reason`. */
export async function revokeCertification(db: Db, actor: Actor, certification: CertificationRow, reason: string): Promise<void> {
  ensure(canRevoke(actor, certification), 'errors.refused')
  if (!reason.trim()) throw new Invalid({ reason: 'certification.sayWhy' })
  await endCertification(db, certification, ['approved'], { state: 'revoked', actorId: actor.id, reason: reason.trim() })
}

/** Reminds holders 30 days before the end, and takes marks off the day after it; by the clock. */
export async function watchExpiry(db: Db): Promise<void> {
  const approved = and(eq(certifications.state, 'approved'))
  const over = await db
    .select()
    .from(certifications)
    .where(and(approved, sql`${certifications.expiresOn} < ${today}`))
    .limit(BATCH)
  for (const certification of over) await endCertification(db, certification, ['approved'], { state: 'expired', actorId: null })
  const soon = await db
    .select()
    .from(certifications)
    .where(
      and(
        approved,
        isNull(certifications.remindedAt),
        sql`${certifications.expiresOn} between ${today} and ${today} + ${REMIND_DAYS}::int`,
      ),
    )
    .limit(BATCH)
  for (const certification of soon) await remind(db, certification)
  if (over.length === BATCH || soon.length === BATCH) await watchExpiry(db)
}

/** What a member who left presented goes with him; its picture and number too. */
export async function forgetCertifications(db: Db, accountId: number): Promise<void> {
  const rows = await db.select().from(certifications).where(eq(certifications.accountId, accountId))
  for (const row of rows) await endCertification(db, row, [...OPEN, 'approved'], { state: 'withdrawn', actorId: accountId })
}

/** Writes down that the picture of a certificate is gone. */
export async function notePictureDeleted(db: Db, certificationId: number): Promise<void> {
  await db.transaction(async tx => {
    const gone = await tx
      .update(certifications)
      .set({ picture: null })
      .where(and(eq(certifications.id, certificationId), sql`${certifications.picture} is not null`))
      .returning({ id: certifications.id })
    if (gone.length > 0) await noteStep(tx, certificationId, 'picture_deleted', null)
  })
}

type End = { state: 'withdrawn' | 'revoked' | 'expired'; actorId: number | null; reason?: string }

async function endCertification(
  db: Db,
  { id, accountId }: CertificationRow,
  from: CertificationRow['state'][],
  { state, actorId, reason = '' }: End,
): Promise<void> {
  await db.transaction(async tx => {
    const ended = await tx
      .update(certifications)
      .set({ state, reason, number: null, decidedAt: sql`coalesce(${certifications.decidedAt}, now())` })
      .where(and(eq(certifications.id, id), inArray(certifications.state, from)))
      .returning({ id: certifications.id })
    if (ended.length === 0) return
    await noteStep(tx, id, state, actorId, reason)
    await refreshMark(tx, accountId)
    await record(tx, 'certification.ended', { certificationId: id, accountId })
  })
}

async function remind(db: Db, { id, accountId }: CertificationRow): Promise<void> {
  await db.transaction(async tx => {
    const reminded = await tx
      .update(certifications)
      .set({ remindedAt: new Date() })
      .where(and(eq(certifications.id, id), isNull(certifications.remindedAt)))
      .returning({ id: certifications.id })
    if (reminded.length === 0) return
    await noteStep(tx, id, 'reminded', null)
    await record(tx, 'certification.expiring', { certificationId: id, accountId })
  })
}

/** Sets the mark beside the name to the highest certificate that stands. An advisor who has none left is a member again. */
async function refreshMark(tx: Db, accountId: number): Promise<void> {
  // Two ends at once wait for each other here, so that neither overlooks the other.
  const [account] = await tx
    .select({ role: accounts.role, closedAt: accounts.closedAt })
    .from(accounts)
    .where(eq(accounts.id, accountId))
    .for('update')
  if (!account) throw new Missing()
  const standing = await tx
    .select({ scheme: certifications.scheme, grade: certifications.grade, edition: certifications.edition })
    .from(certifications)
    .where(
      and(
        eq(certifications.accountId, accountId),
        eq(certifications.state, 'approved'),
        sql`(${certifications.expiresOn} is null or ${certifications.expiresOn} >= ${today})`,
      ),
    )
  const mark = markOf(standing) ?? null
  const leavesDesk = account.role === 'advisor' && !mark
  await tx
    .update(accounts)
    .set({ certification: account.closedAt ? null : mark, ...(leavesDesk && { role: 'member' as const }) })
    .where(eq(accounts.id, accountId))
  if (!leavesDesk) return
  await endSessions(tx, accountId)
  await record(tx, 'account.role_changed', { accountId })
}

function ensureOpen({ state }: CertificationRow): void {
  if (state !== 'waiting' && state !== 'second_look') throw new Conflict('errors.certificationDecided')
}

/** Writes down that an operator looked at the picture of a certificate. Throws Refused at one's own. */
export async function noteLook(db: Db, actor: Actor, certification: CertificationRow): Promise<void> {
  ensure(canCheck(actor, certification), 'errors.refused')
  await noteStep(db, certification.id, 'looked', actor.id)
}
