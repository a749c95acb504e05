import { verify } from '@node-rs/argon2'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { type TestDatabase, testDatabase } from '../../test/database.ts'
import { closedAfterwards, makeMember } from '../../test/people.ts'
import { Invalid, TooMany } from '../platform/errors.ts'
import { logIn } from './login.ts'

// The real hashing runs; it is only counted.
vi.mock('@node-rs/argon2', async original => {
  const real = await original<typeof import('@node-rs/argon2')>()
  return { ...real, verify: vi.fn(real.verify) }
})

const PASSWORD = 'green tea at noon'
let database: TestDatabase
let addresses = 0
const from = () => {
  addresses += 1
  return `198.51.100.${addresses}`
}
const attempt = (login: string, password = PASSWORD, address = from()) => logIn(database.db, { login, password, address })

beforeAll(async () => {
  database = await testDatabase()
  await makeMember(database.db, { handle: 'tamaki', email: 'Tamaki@example.jp', password: PASSWORD })
  await closedAfterwards(database.db, await makeMember(database.db, { handle: 'gone', password: PASSWORD }))
})
afterAll(() => database.drop())
beforeEach(async () => {
  await database.db.execute(sql`delete from throttles`)
  vi.mocked(verify).mockClear()
})

test.each(['tamaki', '@tamaki', ' Tamaki ', 'ｔａｍａｋｉ', 'tamaki@example.jp', 'TAMAKI@EXAMPLE.JP'])(
  'one logs in by handle or address, however it is typed: %j',
  async login => {
    expect((await attempt(login)).handle).toBe('tamaki')
  },
)

test.each([
  ['a wrong password', 'tamaki', 'green tea at six'],
  ['a handle nobody has', 'nobody', PASSWORD],
  ['an address nobody has', 'nobody@example.jp', PASSWORD],
  ['a member who left', 'gone', PASSWORD],
])('%s gets the same answer, after the same one hash', async (_, login, password) => {
  const failed = attempt(login, password)
  await expect(failed).rejects.toBeInstanceOf(Invalid)
  await expect(failed).rejects.toMatchObject({ fields: { form: 'accounts.login.wrong' } })
  expect(verify).toHaveBeenCalledTimes(1)
  expect(vi.mocked(verify).mock.calls[0]?.[0]).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
})

test('one account is tried five times a minute from all addresses together, by handle and address alike; then even the right password waits', async () => {
  for (const login of ['tamaki', 'tamaki@example.jp', 'tamaki', 'TAMAKI', '@tamaki'])
    await expect(attempt(login, 'wrong wrong wrong')).rejects.toBeInstanceOf(Invalid)
  await expect(attempt('tamaki')).rejects.toBeInstanceOf(TooMany)
  expect(verify).toHaveBeenCalledTimes(5)
})

test('an account that does not exist is limited just the same', async () => {
  for (let i = 0; i < 5; i += 1) await expect(attempt('nobody')).rejects.toBeInstanceOf(Invalid)
  await expect(attempt('nobody')).rejects.toBeInstanceOf(TooMany)
})

test('one address tries twenty times a minute, whatever it tries', async () => {
  for (let i = 0; i < 20; i += 1) await expect(attempt(`nobody${i}`, PASSWORD, '192.0.2.1')).rejects.toBeInstanceOf(Invalid)
  await expect(attempt('tamaki', PASSWORD, '192.0.2.1')).rejects.toMatchObject({ name: 'TooMany', retryAfter: expect.any(Number) })
  expect((await attempt('tamaki')).handle).toBe('tamaki')
})

test('forty tries at once pass the limit no more than forty in a row', async () => {
  const results = await Promise.allSettled(Array.from({ length: 40 }, () => attempt('tamaki', 'wrong wrong wrong', '192.0.2.2')))
  expect(
    results.filter(({ status, ...rest }) => status === 'rejected' && 'reason' in rest && rest.reason instanceof Invalid).length,
  ).toBeLessThanOrEqual(5)
})

test('what was typed into the wrong field is not kept', async () => {
  await attempt('my secret password').catch(() => {})
  const rows = await database.db.execute<{ key: string }>(sql`select key from throttles`)
  expect(rows.map(({ key }) => key).join()).not.toContain('secret')
})
