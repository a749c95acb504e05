import { createHash } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../test/database.ts'
import { accounts, sessions } from './schema.ts'
import { createSessions, endSessions, type Sessions, sweepSessions } from './sessions.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const PHONE = { device: 'Mozilla/5.0 (iPhone)', address: '203.0.113.7' }

let database: TestDatabase
let port: Sessions
let member: typeof accounts.$inferSelect
const statements: string[] = []

beforeAll(async () => {
  database = await testDatabase({ logger: { logQuery: statement => void statements.push(statement) } })
  port = createSessions(database.db, { days: 10 })
})
afterAll(() => database.drop())
beforeEach(async () => {
  member = await anAccount()
})

let number = 0
async function anAccount(values: Partial<typeof accounts.$inferInsert> = {}) {
  number += 1
  const [account] = await database.db
    .insert(accounts)
    .values({ handle: `person${number}`, name: `人${number}`, email: `p${number}@example.jp`, confirmedAt: new Date(), ...values })
    .returning()
  if (!account) throw new Error('no account')
  return account
}

const idOf = (token: string) => token.split('.')[0] ?? ''
const rowOf = async (token: string) =>
  (
    await database.db
      .select()
      .from(sessions)
      .where(eq(sessions.id, idOf(token)))
  )[0]

/** As if the session had begun, been used and been promised that much earlier. */
const age = (token: string, ms: number) =>
  database.db.execute(sql`update sessions set created_at = created_at - ${ms} * interval '1 ms', seen_at = seen_at - ${ms} * interval '1 ms',
    expires_at = expires_at - ${ms} * interval '1 ms', absolute_expires_at = absolute_expires_at - ${ms} * interval '1 ms' where id = ${idOf(token)}`)

/** What every implementation of the port has to promise. */
describe('the contract of sessions', () => {
  test('1. a token lets its owner in, and says who he is', async () => {
    const { token } = await port.create(member, PHONE)
    expect(await port.validate(token)).toMatchObject({
      id: member.id,
      handle: member.handle,
      name: member.name,
      role: 'member',
      confirmed: true,
      suspended: false,
      sessionId: idOf(token),
    })
  })

  test('2. a secret that is wrong in one sign lets nobody in, and changes nothing', async () => {
    const { token } = await port.create(member, PHONE)
    const wrong = token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A')
    await age(token, 2 * HOUR)
    const before = await rowOf(token)
    expect(await port.validate(wrong)).toBeUndefined()
    expect(await rowOf(token)).toEqual(before)
  })

  test('3. the id of a session, which lists show, lets nobody in', async () => {
    const { token } = await port.create(member, PHONE)
    const hash = createHash('sha256')
      .update(token.split('.')[1] ?? '')
      .digest('base64url')
    for (const made of [idOf(token), `${idOf(token)}.`, `${idOf(token)}.${hash}`]) expect(await port.validate(made)).toBeUndefined()
  })

  test('4. the secret of one session does not open another one', async () => {
    const [one, other] = [await port.create(member, PHONE), await port.create(member, PHONE)]
    expect(await port.validate(`${idOf(one.token)}.${other.token.split('.')[1]}`)).toBeUndefined()
  })

  test('5. what is kept would let nobody in: only the hash of the secret', async () => {
    const { token } = await port.create(member, PHONE)
    const secret = token.split('.')[1] ?? ''
    const row = await rowOf(token)
    expect(row?.secretHash).toEqual(createHash('sha256').update(secret).digest())
    expect(JSON.stringify(row)).not.toContain(secret)
  })

  test.each(['', '.', 'x', 'a.b', `${'a'.repeat(20)}.${'b'.repeat(44)}`, "' or 1=1 --.x", '\0.\0', 'あ.い', 'a'.repeat(100_000)])(
    '6. nonsense lets nobody in and asks the database nothing: %#',
    async token => {
      statements.length = 0
      expect(await port.validate(token)).toBeUndefined()
      expect(statements).toEqual([])
    },
  )

  test('7. to let somebody in takes one statement', async () => {
    const { token } = await port.create(member, PHONE)
    statements.length = 0
    await port.validate(token)
    expect(statements).toHaveLength(1)
  })

  test('8. no two tokens are alike, and each carries 256 bits of chance', async () => {
    const tokens = await Promise.all(Array.from({ length: 50 }, () => port.create(member, PHONE)))
    const secrets = new Set(tokens.map(({ token }) => token.split('.')[1]))
    expect(secrets.size).toBe(50)
    for (const secret of secrets) expect(Buffer.from(secret ?? '', 'base64url')).toHaveLength(32)
  })

  test('9. a session that is not used for ten days has ended', async () => {
    const { token } = await port.create(member, PHONE)
    await age(token, 10 * DAY + 1000)
    expect(await port.validate(token)).toBeUndefined()
    expect(await rowOf(token)).toBeUndefined()
  })

  test('10. one that is used lives on: ten more days from then', async () => {
    const { token } = await port.create(member, PHONE)
    await age(token, 9 * DAY)
    expect(await port.validate(token)).toBeDefined()
    const row = await rowOf(token)
    expect((row?.expiresAt.getTime() ?? 0) - Date.now()).toBeGreaterThan(10 * DAY - HOUR)
    expect(Date.now() - (row?.seenAt.getTime() ?? 0)).toBeLessThan(HOUR)
  })

  test('11. its use is written down at most once an hour', async () => {
    const { token } = await port.create(member, PHONE)
    const before = await rowOf(token)
    await age(token, 59 * 60_000)
    const aged = await rowOf(token)
    await port.validate(token)
    expect(await rowOf(token)).toEqual(aged)
    await age(token, 2 * 60_000)
    statements.length = 0
    await port.validate(token)
    await port.validate(token)
    expect(statements.filter(statement => statement.startsWith('update'))).toHaveLength(1)
    expect((await rowOf(token))?.createdAt).not.toEqual(before?.createdAt)
  })

  test('12. thirty days after the log-in it ends, however much it is used', async () => {
    const { token, endsAt } = await port.create(member, PHONE)
    expect(Math.round((endsAt.getTime() - Date.now()) / DAY)).toBe(30)
    for (let day = 5; day < 30; day += 5) {
      await age(token, 5 * DAY)
      expect(await port.validate(token), `day ${day}`).toBeDefined()
    }
    expect((await rowOf(token))?.expiresAt.getTime()).toBeLessThanOrEqual((await rowOf(token))?.absoluteExpiresAt.getTime() ?? 0)
    await age(token, 5 * DAY)
    expect(await port.validate(token)).toBeUndefined()
  })

  test.each([
    ['an operator', { role: 'operator' }],
    ['somebody who works for a company', { represents: true }],
    ['a moderator', { moderates: true }],
  ] as const)('13. %s stays logged in for twelve hours', async (_, values) => {
    const { token, endsAt } = await port.create(await anAccount(values), PHONE)
    expect(Math.round((endsAt.getTime() - Date.now()) / HOUR)).toBe(12)
    await age(token, 11 * HOUR)
    expect(await port.validate(token)).toBeDefined()
    await age(token, 1.1 * HOUR)
    expect(await port.validate(token)).toBeUndefined()
  })

  test('14. an advisor stays logged in as long as any member', async () => {
    const { endsAt } = await port.create(await anAccount({ role: 'advisor' }), PHONE)
    expect(Math.round((endsAt.getTime() - Date.now()) / DAY)).toBe(30)
  })

  test('15. a session that was revoked has ended, the others go on', async () => {
    const [one, other] = [await port.create(member, PHONE), await port.create(member, PHONE)]
    await port.revoke(member.id, idOf(one.token))
    expect(await port.validate(one.token)).toBeUndefined()
    expect(await port.validate(other.token)).toBeDefined()
  })

  test('16. nobody revokes the session of somebody else', async () => {
    const { token } = await port.create(await anAccount(), PHONE)
    await port.revoke(member.id, idOf(token))
    expect(await port.validate(token)).toBeDefined()
  })

  test('17. all sessions of one person end at once, or all but the one that asks; nobody else’s do', async () => {
    const [one, two, three] = [await port.create(member, PHONE), await port.create(member, PHONE), await port.create(member, PHONE)]
    const stranger = await port.create(await anAccount(), PHONE)
    await port.revokeAll(member.id, idOf(two.token))
    expect([await port.validate(one.token), (await port.validate(two.token))?.id, await port.validate(three.token)]).toEqual([
      undefined,
      member.id,
      undefined,
    ])
    await port.revokeAll(member.id)
    expect(await port.validate(two.token)).toBeUndefined()
    expect(await port.validate(stranger.token)).toBeDefined()
  })

  test('18. the list shows one’s own living sessions, latest first, and nothing that would let anybody in', async () => {
    const [old, over, now] = [
      await port.create(member, PHONE),
      await port.create(member, PHONE),
      await port.create(member, { device: 'Firefox'.repeat(100), address: '2001:db8::1' }),
    ]
    await port.create(await anAccount(), PHONE)
    await age(old.token, DAY)
    await age(over.token, 11 * DAY)
    const list = await port.list(member.id)
    expect(list.map(({ id }) => id)).toEqual([idOf(now.token), idOf(old.token)])
    expect(list[1]).toMatchObject(PHONE)
    expect(list[0]?.device).toHaveLength(200)
    expect(Object.keys(list[0] ?? {}).sort()).toEqual(['absoluteExpiresAt', 'address', 'createdAt', 'device', 'expiresAt', 'id', 'seenAt'])
  })

  test('19. a change of the person shows at the next request: role, standing, name', async () => {
    const { token } = await port.create(member, PHONE)
    await database.db
      .update(accounts)
      .set({ role: 'advisor', suspendedUntil: new Date(Date.now() + HOUR), name: '新しい名前', locale: 'en', typeSize: 'large' })
      .where(eq(accounts.id, member.id))
    expect(await port.validate(token)).toMatchObject({
      role: 'advisor',
      suspended: true,
      name: '新しい名前',
      preferences: { locale: 'en', size: 'large', theme: 'auto' },
    })
    await database.db
      .update(accounts)
      .set({ suspendedUntil: new Date(Date.now() - 1) })
      .where(eq(accounts.id, member.id))
    expect(await port.validate(token)).toMatchObject({ suspended: false })
  })

  test('20. who has left is not let in, and his session goes', async () => {
    const { token } = await port.create(member, PHONE)
    await database.db.update(accounts).set({ closedAt: new Date() }).where(eq(accounts.id, member.id))
    expect(await port.validate(token)).toBeUndefined()
    expect(await rowOf(token)).toBeUndefined()
  })
})

describe('beyond the contract', () => {
  test('a moderator knows his boards and the boards below them, in the same statement', async () => {
    const moderator = await anAccount({ moderates: true })
    const [top] = await database.db.execute<{ id: number }>(
      sql`insert into boards (slug, name_ja, name_en) values ('net', '網', 'Net') returning id`,
    )
    const [below] = await database.db.execute<{ id: number }>(
      sql`insert into boards (slug, parent_id, name_ja, name_en) values ('wifi', ${top?.id}, '無線', 'Wi-Fi') returning id`,
    )
    await database.db.execute(sql`insert into boards (slug, name_ja, name_en) values ('other', '他', 'Other')`)
    await database.db.execute(sql`insert into board_moderators (board_id, account_id) values (${top?.id}, ${moderator.id})`)
    const { token } = await port.create(moderator, PHONE)
    statements.length = 0
    const actor = await port.validate(token)
    expect(actor?.moderates.sort()).toEqual([Number(top?.id), Number(below?.id)].sort())
    expect(statements).toHaveLength(1)
  })

  test('a verb that is taken back ends no session', async () => {
    const { token } = await port.create(member, PHONE)
    const undone = database.db.transaction(async tx => {
      await endSessions(tx, member.id)
      throw new Error('no')
    })
    await expect(undone).rejects.toThrow('no')
    expect(await port.validate(token)).toBeDefined()
  })

  test('the clock forgets what has ended, and nothing else', async () => {
    const [over, living] = [await port.create(member, PHONE), await port.create(member, PHONE)]
    await age(over.token, 11 * DAY)
    await sweepSessions(database.db)
    expect([await rowOf(over.token), (await rowOf(living.token))?.id]).toEqual([undefined, idOf(living.token)])
  })
})
