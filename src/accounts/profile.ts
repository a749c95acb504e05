import { eq } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { ensure, Invalid } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import type { Preferences } from '../platform/preferences.ts'
import { type Actor, isGuest } from './actor.ts'
import { nameProblem, normalName, onlyProblems } from './names.ts'
import { accounts } from './schema.ts'

const ABOUT_MAX = 1000
export type Profile = { name: string; about: string; boardIds: number[] }

/** Changes what others see of a member, and the boards he likes to read. Throws Invalid at `name` or `about`. */
export async function editProfile(db: Db, actor: Actor, typed: Profile): Promise<void> {
  ensure(!isGuest(actor) && !actor.suspended, 'errors.refused')
  const name = normalName(typed.name)
  const about = typed.about.replace(/\r\n?/g, '\n').trim()
  const problems = onlyProblems({
    name: name === actor.name ? undefined : nameProblem(name, { mayBeStaff: actor.role === 'operator' }),
    about: [...about].length > ABOUT_MAX ? { key: 'form.tooLong', values: { limit: ABOUT_MAX } } : undefined,
  })
  if (Object.keys(problems).length > 0) throw new Invalid(problems)
  await db.transaction(async tx => {
    await tx
      .update(accounts)
      .set({ name, about, boardIds: [...new Set(typed.boardIds)].slice(0, 100) })
      .where(eq(accounts.id, actor.id))
    await record(tx, 'account.changed', { accountId: actor.id })
  })
}

/** Keeps how a member likes to see the pages. */
export async function savePreferences(db: Db, actor: Actor, { locale, size, theme }: Preferences): Promise<void> {
  ensure(!isGuest(actor), 'errors.refused')
  await db.update(accounts).set({ locale, typeSize: size, theme }).where(eq(accounts.id, actor.id))
}
