import { and, eq, isNotNull, sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { ensure, Invalid } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import { throttle } from '../platform/throttle.ts'
import { type Actor, isGuest } from './actor.ts'
import { takeDigits } from './authenticator_app.ts'
import { keepPasskey, type Place, takePasskey } from './passkeys.ts'
import { proveSelf } from './proving.ts'
import { makeRecoveryCodes, useRecoveryCode } from './recovery_codes.ts'
import { type AccountRow, accountApps, accountPasskeys, accountRecoveryCodes, accounts } from './schema.ts'
import { endSessions } from './sessions.ts'
import { endStep, findStep } from './steps.ts'

const TRIES = { tries: 5, seconds: 60 }
const A_DAY = { tries: 50, seconds: 86_400 }

/**
 * Takes an app into use by the digits it shows, after the password. Resolves to recovery codes when it is the first second step.
 * Throws Invalid at `current` or `digits`, TooMany after 5 tries a minute.
 */
export async function addApp(
  db: Db,
  actor: Actor,
  { current, digits }: { current: string; digits: string },
): Promise<string[] | undefined> {
  await proveSelf(db, actor, current)
  await throttle(db, `step:${actor.id}`, TRIES)
  return db.transaction(async tx => {
    if (!(await takeDigits(tx, actor.id, digits, { confirm: true }))) throw new Invalid({ digits: 'accounts.step.wrongDigits' })
    return turnOn(tx, actor)
  })
}

/** Keeps a passkey the browser has made. Resolves to recovery codes when it is the first second step. Throws Invalid at `passkey` or `current`. */
export async function addPasskey(
  db: Db,
  actor: Actor,
  place: Place,
  { current, step, answer, name }: { current: string; step: string; answer: unknown; name: string },
): Promise<string[] | undefined> {
  await proveSelf(db, actor, current)
  const { accountId, challenge } = await findStep(db, step)
  ensure(accountId === actor.id && challenge !== null, 'errors.refused')
  return db.transaction(async tx => {
    await endStep(tx, step)
    if (!(await keepPasskey(tx, actor, place, { answer, challenge, name }))) throw new Invalid({ passkey: 'accounts.step.passkeyFailed' })
    return turnOn(tx, actor)
  })
}

/** Log-ins made without the second step end; whoever sits here has just shown he has it. */
async function turnOn(tx: Db, actor: Actor): Promise<string[] | undefined> {
  const [account] = await tx.select({ twoStepAt: accounts.twoStepAt }).from(accounts).where(eq(accounts.id, actor.id)).for('update')
  await record(tx, 'account.two_step_changed', { accountId: actor.id })
  if (account?.twoStepAt) return undefined
  await tx.update(accounts).set({ twoStepAt: new Date() }).where(eq(accounts.id, actor.id))
  await endSessions(tx, actor.id, actor.sessionId)
  return makeRecoveryCodes(tx, actor.id)
}

/** Gives up the app, or one passkey by its id. With the last of them the second step is off. Throws Invalid at `current`. */
export async function removeStep(db: Db, actor: Actor, { current, passkey }: { current: string; passkey?: string }): Promise<void> {
  await proveSelf(db, actor, current)
  await db.transaction(async tx => {
    await tx.select({ id: accounts.id }).from(accounts).where(eq(accounts.id, actor.id)).for('update')
    if (passkey) await tx.delete(accountPasskeys).where(and(eq(accountPasskeys.accountId, actor.id), eq(accountPasskeys.id, passkey)))
    else await tx.delete(accountApps).where(eq(accountApps.accountId, actor.id))
    const left =
      (await tx.$count(accountPasskeys, eq(accountPasskeys.accountId, actor.id))) +
      (await tx.$count(accountApps, and(eq(accountApps.accountId, actor.id), isNotNull(accountApps.confirmedAt))))
    if (left === 0) await turnOff(tx, actor.id)
    await record(tx, 'account.two_step_changed', { accountId: actor.id })
  })
}

/** New recovery codes in place of the old ones. Throws Invalid at `current`. */
export async function renewRecoveryCodes(db: Db, actor: Actor, { current }: { current: string }): Promise<string[]> {
  ensure(!isGuest(actor) && actor.twoStep, 'errors.refused')
  await proveSelf(db, actor, current)
  return db.transaction(async tx => {
    await record(tx, 'account.two_step_changed', { accountId: actor.id })
    return makeRecoveryCodes(tx, actor.id)
  })
}

/** Takes every second step from an account. Inside a transaction. */
export async function turnOff(tx: Db, accountId: number): Promise<void> {
  await tx.update(accounts).set({ twoStepAt: null }).where(eq(accounts.id, accountId))
  await tx.delete(accountApps).where(eq(accountApps.accountId, accountId))
  await tx.delete(accountPasskeys).where(eq(accountPasskeys.accountId, accountId))
  await tx.delete(accountRecoveryCodes).where(eq(accountRecoveryCodes.accountId, accountId))
}

/**
 * The account of somebody whose password was right and who now takes the second step: by digits, by a recovery code or by a passkey. The
 * step is taken once. Throws Invalid at `code`, TooMany after 5 tries a minute or 50 a day.
 */
export async function takeSecondStep(
  db: Db,
  { step, code, passkey, place }: { step: string; code?: string; passkey?: unknown; place?: Place },
): Promise<AccountRow> {
  const { accountId, challenge } = await findStep(db, step)
  await throttle(db, `step:${accountId}`, TRIES)
  await throttle(db, `step-day:${accountId}`, A_DAY)
  return db.transaction(async tx => {
    const isRight = passkey
      ? place !== undefined && challenge !== null && (await takePasskey(tx, accountId, place, { answer: passkey, challenge }))
      : (await takeDigits(tx, accountId, code ?? '')) || (await useRecoveryCode(tx, accountId, code ?? ''))
    if (!isRight) throw new Invalid({ code: passkey ? 'accounts.step.passkeyFailed' : 'accounts.step.wrongCode' })
    await endStep(tx, step)
    const [account] = await tx
      .select()
      .from(accounts)
      .where(and(eq(accounts.id, accountId), sql`${accounts.closedAt} is null`))
    if (!account) throw new Invalid({ form: 'accounts.step.over' })
    return account
  })
}

/** What a member has of second steps. */
export async function findTwoStep(db: Db, accountId: number): Promise<{ hasApp: boolean; codesLeft: number }> {
  const [hasApp, codesLeft] = await Promise.all([
    db.$count(accountApps, and(eq(accountApps.accountId, accountId), isNotNull(accountApps.confirmedAt))),
    db.$count(accountRecoveryCodes, and(eq(accountRecoveryCodes.accountId, accountId), sql`${accountRecoveryCodes.usedAt} is null`)),
  ])
  return { hasApp: hasApp > 0, codesLeft }
}
