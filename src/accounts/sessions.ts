import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { and, desc, eq, inArray, isNull, lt, ne, sql } from 'drizzle-orm'
import { type Adapter, type DatabaseSession, Lucia, TimeSpan } from 'lucia'
import type { Db } from '../platform/db.ts'
import type { Actor, OwnCompany } from './actor.ts'
import { type AccountRow, accounts, sessions } from './schema.ts'
import { barsNow } from './standing.ts'

declare module 'lucia' {
  interface Register {
    Lucia: Lucia<SessionView, { actor: Actor }>
    UserId: number
    DatabaseSessionAttributes: SessionView & { secretHash: Buffer }
    DatabaseUserAttributes: { actor: Actor }
  }
}

/** What a person may know about his own log-ins: never anything that would let somebody in. */
type SessionView = { device: string; address: string; seenAt: Date; createdAt: Date; absoluteExpiresAt: Date }
export type SessionInfo = SessionView & { id: string; expiresAt: Date }

/** Where a log-in comes from, for the device list. */
export type Device = { device: string; address: string }

export type Sessions = {
  create(account: Pick<AccountRow, 'id' | 'role' | 'moderates' | 'represents'>, from: Device): Promise<{ token: string; endsAt: Date }>
  validate(token: string): Promise<Actor | undefined>
  revoke(accountId: number, id: string): Promise<void>
  revokeAll(accountId: number, exceptId?: string): Promise<void>
  list(accountId: number): Promise<SessionInfo[]>
}

const DAY = 86_400_000
const HOUR = 3_600_000

/**
 * The one port to log-ins. A session ends `days` days after it was last used, `absoluteDays` after the log-in at the latest;
 * for staff (operators, company people, moderators) both are `staffHours`. A token is `id.secret`, and only the hash of the secret is kept.
 */
export function createSessions(db: Db, options: { days: number; absoluteDays?: number; staffHours?: number }): Sessions {
  const { days, absoluteDays = 30, staffHours = 12 } = options
  // Lucia's own sliding knows no absolute end and writes on every request in a session's second half: off here, ours is `touch`.
  const lucia = new Lucia<SessionView, { actor: Actor }>(openAdapter(db, days * DAY), {
    sessionExpiresIn: new TimeSpan(0, 'ms'),
    getSessionAttributes: ({ device, address, seenAt, createdAt, absoluteExpiresAt }) => ({
      device,
      address,
      seenAt,
      createdAt,
      absoluteExpiresAt,
    }),
    getUserAttributes: ({ actor }) => ({ actor }),
  })

  return {
    async create(account, { device, address }) {
      const id = randomBytes(15).toString('base64url')
      const secret = randomBytes(32).toString('base64url')
      const now = new Date()
      const endsAt = new Date(now.getTime() + (isStaff(account) ? staffHours * HOUR : absoluteDays * DAY))
      const attributes = {
        secretHash: hashOf(secret),
        device: device.slice(0, 200),
        address,
        seenAt: now,
        createdAt: now,
        absoluteExpiresAt: endsAt,
      }
      await lucia.createSession(account.id, attributes, { sessionId: id })
      return { token: `${id}.${secret}`, endsAt }
    },
    // The adapter gets the whole token, so that a session whose secret does not match is not even found.
    validate: async token => (TOKEN.test(token) ? (await lucia.validateSession(token)).user?.actor : undefined),
    async revoke(accountId, id) {
      const own = await lucia.getUserSessions(accountId)
      if (own.some(session => session.id === id)) await lucia.invalidateSession(id)
    },
    async revokeAll(accountId, exceptId) {
      if (!exceptId) return lucia.invalidateUserSessions(accountId)
      await endSessions(db, accountId, exceptId)
    },
    list: async accountId =>
      (await lucia.getUserSessions(accountId)).map(({ id, expiresAt, device, address, seenAt, createdAt, absoluteExpiresAt }) => ({
        id,
        expiresAt,
        device,
        address,
        seenAt,
        createdAt,
        absoluteExpiresAt,
      })),
  }
}

const TOKEN = /^[\w-]{20}\.[\w-]{43}$/

const hashOf = (secret: string) => createHash('sha256').update(secret).digest()

/** Who may do more harm stays logged in for less time. */
const isStaff = ({ role, moderates, represents }: Pick<AccountRow, 'role' | 'moderates' | 'represents'>) =>
  moderates || represents || role === 'operator'

/** Ends log-ins inside a verb's transaction: all of them, or all but the one that asks. */
export async function endSessions(tx: Db, accountId: number, exceptId = ''): Promise<void> {
  await tx.delete(sessions).where(and(eq(sessions.accountId, accountId), ne(sessions.id, exceptId)))
}

/** Which of these log-ins still live. */
export async function livingSessions(db: Db, ids: string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await db
    .select({ id: sessions.id })
    .from(sessions)
    .where(and(inArray(sessions.id, ids), sql`least(${sessions.expiresAt}, ${sessions.absoluteExpiresAt}) > now()`))
  return new Set(rows.map(({ id }) => id))
}

/** Forgets sessions that have ended; by the clock. */
export async function sweepSessions(db: Db): Promise<void> {
  await db.delete(sessions).where(sql`least(${sessions.expiresAt}, ${sessions.absoluteExpiresAt}) < now()`)
}

/** Lucia's way to our tables. `getSessionAndUser` is one statement and brings everything the actor is. */
function openAdapter(db: Db, span: number): Adapter {
  const find = findByToken(db)
  return {
    async getSessionAndUser(token) {
      const [id = '', secret = ''] = token.split('.')
      const [row] = await find.execute({ id })
      if (!row || !timingSafeEqual(row.session.secretHash, hashOf(secret))) return [null, null]
      if (row.account.closedAt) return [sessionOf(row.session), null]
      const session = await touch(db, row.session, span)
      await noteReturn(db, row.account)
      return [sessionOf(session), { id: row.account.id, attributes: { actor: actorOf(row, session.id) } }]
    },
    async getUserSessions(accountId) {
      const rows = await db.select().from(sessions).where(eq(sessions.accountId, accountId)).orderBy(desc(sessions.seenAt))
      return rows.map(sessionOf)
    },
    async setSession({ id, userId, attributes }) {
      const expiresAt = new Date(Math.min(attributes.createdAt.getTime() + span, attributes.absoluteExpiresAt.getTime()))
      await db.insert(sessions).values({ id, accountId: userId, expiresAt, ...attributes })
    },
    async updateSessionExpiration(id, expiresAt) {
      await db.update(sessions).set({ expiresAt, seenAt: new Date() }).where(eq(sessions.id, id))
    },
    async deleteSession(id) {
      await db.delete(sessions).where(eq(sessions.id, id))
    },
    deleteUserSessions: accountId => endSessions(db, accountId),
    async deleteExpiredSessions() {
      await db.delete(sessions).where(lt(sessions.expiresAt, new Date()))
    },
  }
}

type Row = typeof sessions.$inferSelect

/**
 * Everything an actor is. It runs on every request of everybody who is logged in, so it is built once. Which boards somebody moderates, which
 * companies he works for and what he has not read is known to tables further up, so they are asked by name.
 */
const KNOWN = {
  account: accounts,
  boardIds: sql<string[]>`case when accounts.moderates then array(
    select b.id from board_moderators m join boards b on m.board_id in (b.id, b.parent_id) where m.account_id = accounts.id) else '{}' end`,
  companies: sql<OwnCompany[] | null>`case when accounts.represents then (
    select json_agg(json_build_object('id', c.id, 'slug', c.slug, 'nameJa', c.name_ja, 'nameEn', c.name_en, 'role', m.role) order by c.id)
    from company_members m join companies c on c.id = m.company_id where m.account_id = accounts.id and m.left_at is null) end`,
  unread: sql<number>`(select count(distinct thread)::int from (
    select n.thread from notices n where n.account_id = accounts.id and n.read_at is null limit 100) unread)`,
}

const findByToken = (db: Db) =>
  db
    .select({ session: sessions, ...KNOWN })
    .from(sessions)
    .innerJoin(accounts, eq(accounts.id, sessions.accountId))
    .where(eq(sessions.id, sql.placeholder('id')))
    .prepare('session')

/** A member who acts without a log-in (by mail): he took no second step. Undefined for who has left. */
export async function findActor(db: Db, id: number): Promise<Actor | undefined> {
  const [row] = await db
    .select(KNOWN)
    .from(accounts)
    .where(and(eq(accounts.id, id), isNull(accounts.closedAt)))
  return row && { ...actorOf(row, ''), twoStep: false }
}

const sessionOf = ({
  id,
  accountId,
  expiresAt,
  absoluteExpiresAt,
  secretHash,
  device,
  address,
  seenAt,
  createdAt,
}: Row): DatabaseSession => ({
  id,
  userId: accountId,
  expiresAt: new Date(Math.min(expiresAt.getTime(), absoluteExpiresAt.getTime())),
  attributes: { secretHash, device, address, seenAt, createdAt, absoluteExpiresAt },
})

type Known = { account: AccountRow; boardIds: string[]; companies: OwnCompany[] | null; unread: number }

function actorOf({ account, boardIds, companies, unread }: Known, sessionId: string): Actor {
  return {
    id: account.id,
    role: account.role,
    handle: account.handle,
    name: account.name,
    avatarKey: account.avatarKey,
    confirmed: account.confirmedAt !== null,
    twoStep: account.twoStepAt !== null,
    suspended: account.suspendedUntil !== null && account.suspendedUntil > new Date(),
    bars: barsNow(account.standing),
    ignores: account.ignoredIds,
    blocks: account.blockedIds,
    level: account.level,
    moderates: boardIds.map(Number),
    companies: companies ?? [],
    interests: account.boardIds,
    preferences: { locale: account.locale, size: account.typeSize, theme: account.theme },
    toured: account.toured,
    guided: account.guided,
    hasAnswered: account.firstAnswerAt !== null,
    mentors: account.mentors,
    unread,
    sessionId,
  }
}

/** Notes once that a newcomer came back on another day than he signed up on, as days are in Japan. */
async function noteReturn(db: Db, { id, createdAt, cameBackAt }: AccountRow): Promise<void> {
  if (cameBackAt || dayInJapan(createdAt) === dayInJapan(new Date())) return
  await db
    .update(accounts)
    .set({ cameBackAt: new Date() })
    .where(and(eq(accounts.id, id), isNull(accounts.cameBackAt)))
}

const dayInJapan = (at: Date) => Math.floor((at.getTime() + 9 * HOUR) / DAY)

/** Notes that a living session is used, at most once an hour, and moves its end; never past the absolute one. */
async function touch(db: Db, session: Row, span: number): Promise<Row> {
  const now = Date.now()
  const over = Math.min(session.expiresAt.getTime(), session.absoluteExpiresAt.getTime()) <= now
  if (over || now - session.seenAt.getTime() < HOUR) return session
  const expiresAt = new Date(Math.min(now + span, session.absoluteExpiresAt.getTime()))
  const seenAt = new Date(now)
  await db.update(sessions).set({ expiresAt, seenAt }).where(eq(sessions.id, session.id))
  return { ...session, expiresAt, seenAt }
}
