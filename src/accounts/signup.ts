import { eq, sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { Invalid } from '../platform/errors.ts'
import type { Locale } from '../platform/i18n.ts'
import { record } from '../platform/outbox.ts'
import { throttle } from '../platform/throttle.ts'
import { emailProblem, handleProblem, nameProblem, normalEmail, normalHandle, normalName, onlyProblems } from './names.ts'
import { hashPassword, passwordMatches, passwordProblem } from './passwords.ts'
import { type AccountRow, accounts } from './schema.ts'

export type SignUp = { email: string; handle: string; name: string; password: string; locale: Locale }

const BY_ADDRESS = { tries: 10, seconds: 3600 }

/**
 * Opens an account; what follows by mail makes it able to write. Whether an e-mail address is known already is told to its owner alone,
 * by mail: the answer here is the same. Throws Invalid at the fields, TooMany after 10 an hour from one address.
 */
export async function signUp(db: Db, typed: SignUp & { address: string }): Promise<void> {
  const person = { email: normalEmail(typed.email), handle: normalHandle(typed.handle), name: normalName(typed.name), locale: typed.locale }
  const problems = onlyProblems({
    email: emailProblem(person.email),
    handle: handleProblem(person.handle),
    name: nameProblem(person.name),
    password: passwordProblem(typed.password, person),
  })
  if (Object.keys(problems).length > 0) throw new Invalid(problems)
  await throttle(db, `signup:${typed.address}`, BY_ADDRESS)
  const passwordHash = await hashPassword(typed.password)
  const isNew = await db.transaction(async tx => {
    const [account] = await tx
      .insert(accounts)
      .values({ ...person, passwordHash })
      .onConflictDoNothing()
      .returning({ id: accounts.id })
    if (account) await record(tx, 'account.signed_up', { accountId: account.id })
    return account !== undefined
  })
  if (!isNew) await answerKnown(db, person, typed.password)
}

/** A second press of the same button is no mistake; a handle somebody has is said at its field; an address somebody has is not said. */
async function answerKnown(db: Db, { email, handle }: { email: string; handle: string }, password: string): Promise<void> {
  const [namesake] = await db.select().from(accounts).where(eq(accounts.handle, handle))
  const isSame = namesake?.email === email && !namesake.confirmedAt
  if (namesake && (await passwordMatches(isSame ? namesake.passwordHash : undefined, password))) return
  if (namesake) throw new Invalid({ handle: 'accounts.handle.taken' })
  const owner = await findByEmail(db, email)
  if (owner) await record(db, 'account.signup_repeated', { accountId: owner.id })
}

/** The account with this address, if any. */
export async function findByEmail(db: Db, email: string): Promise<AccountRow | undefined> {
  const [account] = await db
    .select()
    .from(accounts)
    .where(eq(sql`lower(${accounts.email})`, normalEmail(email)))
  return account
}
