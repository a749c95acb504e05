import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/app.ts'
import { makeMember, makeOperator } from '../../test/people.ts'
import { setPasswordByHand, setRoleByHand } from './by_hand.ts'
import { findAccount } from './queries.ts'

let forum: TestApp

beforeAll(async () => {
  forum = await startTestApp()
})
afterAll(() => forum.close())

const mayOpenAdmin = async (browser: Awaited<ReturnType<TestApp['as']>>) => (await browser.get('/admin')).statusCode === 200

test('a role given by hand counts from the next log-in, and ends the log-ins there are', async () => {
  const member = await makeMember(forum.db)
  const browser = await forum.as(member)
  await setRoleByHand(forum.db, `@${member.handle.toUpperCase()}`, 'operator')
  expect((await browser.get('/me')).statusCode).toBe(303)
  expect((await findAccount(forum.db, member.id)).role).toBe('operator')
  expect(await mayOpenAdmin(await forum.as({ ...member, role: 'operator' }))).toBe(true)
})

test('the last operator stays one, and what is not there is said', async () => {
  const { db } = forum
  await db.execute("update accounts set role = 'member'")
  const operator = await makeOperator(db)
  await expect(setRoleByHand(db, operator.handle, 'member')).rejects.toMatchObject({ fields: { form: 'accounts.close.lastOperator' } })
  await expect(setRoleByHand(db, operator.handle, 'king')).rejects.toThrow('There is no role king')
  await expect(setRoleByHand(db, 'nobody_here', 'member')).rejects.toThrow('@nobody_here')
})

test('a password set by hand ends all log-ins and obeys the same rules', async () => {
  const { db } = forum
  const member = await makeMember(db, { password: 'an old sea shell' })
  const browser = await forum.as(member)
  await expect(setPasswordByHand(db, member.handle, 'password123')).rejects.toMatchObject({ fields: { password: expect.anything() } })
  await setPasswordByHand(db, member.handle, 'three dry umbrellas')
  expect((await browser.get('/me')).statusCode).toBe(303)
  const logIn = async (password: string) => (await (await forum.as()).post('/login', { login: member.handle, password })).statusCode
  expect(await logIn('an old sea shell')).toBe(422)
  expect(await logIn('three dry umbrellas')).toBe(303)
})

test('the command reads the password from stdin and says in a sentence what is wrong', async () => {
  const member = await makeMember(forum.db)
  const run = async (password: string) => {
    const cli = fileURLToPath(new URL('../cli.ts', import.meta.url))
    const env = { PATH: process.env.PATH, DATABASE_URL: forum.database.url, DATA_DIR: forum.services.config.DATA_DIR }
    const child = spawn(process.execPath, [cli, 'user', 'password', member.handle], { env })
    child.stdin.end(password)
    const code = new Promise<number | null>(resolve => child.on('exit', resolve))
    return { said: (await Promise.all([text(child.stdout), text(child.stderr)])).join(''), code: await code }
  }
  expect(await run('short\n')).toEqual({ said: 'A password needs at least 10 characters.\n', code: 1 })
  expect(await run('')).toEqual({ said: 'No password was given.\n', code: 1 })
  expect(await run('seven quiet trains\n')).toEqual({ said: expect.stringContaining('has a new password'), code: 0 })
}, 30_000)
