import { createHash, randomInt, timingSafeEqual } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { emailProblem, nameProblem, normalEmail, normalHandle, normalName, onlyProblems } from '../accounts/names.ts'
import { hashPassword, passwordProblem } from '../accounts/passwords.ts'
import { hasOperator } from '../accounts/queries.ts'
import { type AccountRow, accounts } from '../accounts/schema.ts'
import type { Db } from '../platform/db.ts'
import { Invalid, Missing } from '../platform/errors.ts'
import type { Locale } from '../platform/i18n.ts'
import { record } from '../platform/outbox.ts'
import { siteSettings } from '../platform/schema.ts'
import { throttle } from '../platform/throttle.ts'
import { saveSite } from './site_settings.ts'

export type SetUp = { code: string; site: string; email: string; handle: string; name: string; password: string; locale: Locale }

const LETTERS = '23456789ABCDEFGHJKMNPQRSTVWXYZ'

/**
 * A fresh one-time code for `/setup` as long as nobody runs this site; undefined afterwards. Only its hash is kept, so each start
 * makes another and the last one printed is the one that counts.
 */
export async function ensureSetupCode(db: Db): Promise<string | undefined> {
  if (await hasOperator(db)) return undefined
  const code = Array.from({ length: 12 }, () => LETTERS[randomInt(LETTERS.length)]).join('')
  await db.execute(
    sql`insert into site_settings (name, value) values ('setup.code', ${JSON.stringify(hashOf(code))}::jsonb) on conflict (name) do update set value = excluded.value`,
  )
  return code.replace(/(.{4})(?=.)/g, '$1-')
}

/** Throws Missing once the site has an operator: there is nothing to set up any more. */
export async function ensureNotSetUp(db: Db): Promise<void> {
  if (await hasOperator(db)) throw new Missing()
}

/**
 * Makes the first operator and names the site, for whoever knows the code the server printed. Of two at once, one wins.
 * Throws Missing when somebody was first, Invalid at the fields, TooMany after 10 tries an hour.
 */
export async function setUp(db: Db, typed: SetUp & { address: string }): Promise<AccountRow> {
  await ensureNotSetUp(db)
  await throttle(db, `setup:${typed.address}`, { tries: 10, seconds: 3600 })
  const person = { email: normalEmail(typed.email), handle: normalHandle(typed.handle), name: normalName(typed.name), locale: typed.locale }
  const problems = onlyProblems({
    code: (await codeMatches(db, typed.code)) ? undefined : 'setup.codeWrong',
    email: emailProblem(person.email),
    handle: /^[a-z][a-z0-9_]{2,19}$/.test(person.handle) ? undefined : 'accounts.handle.shape',
    name: nameProblem(person.name, { mayBeStaff: true }),
    password: passwordProblem(typed.password, person),
  })
  if (Object.keys(problems).length > 0) throw new Invalid(problems)
  const passwordHash = await hashPassword(typed.password)
  return db.transaction(async tx => {
    const [used] = await tx.delete(siteSettings).where(sql`${siteSettings.name} = 'setup.code'`).returning()
    if (!used || (await hasOperator(tx))) throw new Missing()
    const [operator] = await tx
      .insert(accounts)
      .values({ ...person, passwordHash, role: 'operator', confirmedAt: new Date() })
      .onConflictDoNothing()
      .returning()
    if (!operator) throw new Invalid({ handle: 'accounts.handle.taken' })
    await saveSite(tx, { name: typed.site, description: '' })
    await record(tx, 'account.confirmed', { accountId: operator.id })
    return operator
  })
}

const hashOf = (code: string) =>
  createHash('sha256')
    .update(code.toUpperCase().replace(/[^0-9A-Z]/g, ''))
    .digest('hex')

async function codeMatches(db: Db, code: string): Promise<boolean> {
  const [kept] = await db.execute<{ value: string }>(sql`select value from site_settings where name = 'setup.code'`)
  return kept !== undefined && timingSafeEqual(Buffer.from(kept.value), Buffer.from(hashOf(code)))
}
