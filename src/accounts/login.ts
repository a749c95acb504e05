import { createHash } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { Invalid } from '../platform/errors.ts'
import { throttle } from '../platform/throttle.ts'
import { passwordMatches } from './passwords.ts'
import { type AccountRow, accounts } from './schema.ts'

const BY_ADDRESS = { tries: 20, seconds: 60 }
const BY_ACCOUNT = { tries: 5, seconds: 60 }

/**
 * The account of somebody who knows its handle (or e-mail) and password. One answer, in the same time, for a wrong password and
 * for an account that does not exist: `Invalid` at the form. `TooMany` after 5 tries a minute per account, 20 per address.
 */
export async function logIn(
  db: Db,
  { login, password, address }: { login: string; password: string; address: string },
): Promise<AccountRow> {
  await throttle(db, `login:address:${address}`, BY_ADDRESS)
  const account = await findByLogin(db, login)
  await throttle(db, `login:account:${account?.id ?? fingerprint(login)}`, BY_ACCOUNT)
  if (!(await passwordMatches(account?.passwordHash, password)) || !account) throw new Invalid({ form: 'accounts.login.wrong' })
  return account
}

/** By e-mail or handle, with or without the @ before it. */
async function findByLogin(db: Db, typed: string): Promise<AccountRow | undefined> {
  const login = typed.normalize('NFKC').trim().toLowerCase()
  const isEmail = login.indexOf('@') > 0
  const [account] = await db
    .select()
    .from(accounts)
    .where(isEmail ? eq(sql`lower(${accounts.email})`, login) : eq(accounts.handle, login.replace(/^@/, '')))
  return account
}

/** What was typed is not written down: people type passwords into the wrong field. */
const fingerprint = (login: string) => createHash('sha256').update(login.trim().toLowerCase()).digest('base64url').slice(0, 22)
