import { randomBytes } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { Actor } from '../src/accounts/actor.ts'
import { guest } from '../src/accounts/actor.ts'
import { hashPassword } from '../src/accounts/passwords.ts'
import { accounts, type CompanyRole } from '../src/accounts/schema.ts'
import { createSessions } from '../src/accounts/sessions.ts'
import { boardModerators } from '../src/boards/schema.ts'
import { addMember } from '../src/companies/team.ts'
import type { Db } from '../src/platform/db.ts'

type Person = Omit<Partial<typeof accounts.$inferInsert>, 'passwordHash'> & { password?: string }

/** A visitor who is not logged in, reading Japanese. */
export const visitor: Actor = guest({ locale: 'ja', size: 'normal', theme: 'auto' })

/** A member with a confirmed address, as the app would see him; anything else about him by name. Without `password` he cannot log in by form. */
export async function makeMember(db: Db, { password, ...person }: Person = {}): Promise<Actor> {
  const handle = person.handle ?? `m_${randomBytes(6).toString('hex')}`
  const [account] = await db
    .insert(accounts)
    .values({
      name: `Member ${handle}`,
      email: `${handle}@example.com`,
      confirmedAt: new Date(),
      ...person,
      handle,
      passwordHash: password && (await hashPassword(password)),
    })
    .returning({ id: accounts.id })
  return knownAgain(db, account?.id ?? 0)
}

export const makeAdvisor = (db: Db, person: Person = {}) => makeMember(db, { ...person, role: 'advisor' })
/** A member who speaks for this company, as an agent or as its admin. */
export const makeAgent = (db: Db, company: { id: number }, person: Person = {}) => makeStaff(db, company, 'agent', person)
export const makeCompanyAdmin = (db: Db, company: { id: number }, person: Person = {}) => makeStaff(db, company, 'admin', person)
export const makeOperator = (db: Db, person: Person = {}) => makeMember(db, { ...person, role: 'operator' })

/** A member who has not opened the link in the mail yet. */
export const makeUnconfirmed = (db: Db, person: Person = {}) => makeMember(db, { ...person, confirmedAt: null })

/** A member who may read but not write until tomorrow. */
export const makeSuspended = (db: Db, person: Person = {}) =>
  makeMember(db, { ...person, suspendedUntil: new Date(Date.now() + 86_400_000) })

/** A member who moderates this board (and its children). */
export async function makeModerator(db: Db, board: { id: number }, person: Person = {}): Promise<Actor> {
  const { id } = await makeMember(db, { ...person, moderates: true })
  await db.insert(boardModerators).values({ boardId: board.id, accountId: id })
  return knownAgain(db, id)
}

async function makeStaff(db: Db, company: { id: number }, role: CompanyRole, person: Person): Promise<Actor> {
  const { id } = await makeMember(db, person)
  await db.transaction(tx => addMember(tx, company.id, id, role))
  // A second step as if it had been set up: company people cannot do anything without one.
  if (person.twoStepAt === undefined) await db.update(accounts).set({ twoStepAt: new Date() }).where(eq(accounts.id, id))
  return knownAgain(db, id)
}

/** The member as he was, after his account was closed; his words stay. */
export async function closedAfterwards(db: Db, actor: Actor): Promise<Actor> {
  await db.update(accounts).set({ closedAt: new Date(), email: null, name: '', passwordHash: null }).where(eq(accounts.id, actor.id))
  return actor
}

/** The actor a log-in gives, read anew: after a change of role, boards or standing. */
export async function knownAgain(db: Db, id: number): Promise<Actor> {
  const sessions = createSessions(db, { days: 10 })
  const { token } = await sessions.create(
    { id, role: 'member', moderates: false, represents: false },
    { device: 'test', address: '127.0.0.1' },
  )
  const actor = await sessions.validate(token)
  if (!actor) throw new Error(`account ${id} cannot log in`)
  await sessions.revoke(id, actor.sessionId)
  return actor
}
