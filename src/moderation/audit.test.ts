import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp } from '../../test/app.ts'
import { type TestDatabase, testDatabase } from '../../test/database.ts'
import { makeMember, makeOperator } from '../../test/people.ts'
import { verifyAudit, writeAudit } from './audit.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await testDatabase({ max: 12 })
})
afterAll(() => database.drop())

const causeOf = (error: Error) => String(error.cause ?? error)
const refuses = async (statement: string) => {
  const error = await database.db.execute(sql.raw(statement)).then(
    () => new Error('nothing was refused'),
    (caught: Error) => caught,
  )
  return causeOf(error)
}

test('of forty writers at once each adds one entry, and they are one chain without a gap', async () => {
  const { db } = database
  await Promise.all(
    Array.from({ length: 40 }, (_, n) =>
      db.transaction(tx =>
        writeAudit(tx, { id: n + 1 }, 'review_decided', { subject: 'post', id: n, boardId: 3 }, { reason: '迷惑 | "引用"' }),
      ),
    ),
  )
  const proof = await verifyAudit(db)
  expect(proof).toMatchObject({ entries: 40, broken: [], headFound: true })
  expect((await verifyAudit(db, proof.head)).headFound).toBe(true)
  expect((await verifyAudit(db, 'ab'.repeat(32))).headFound).toBe(false)
})

test('what its transaction did not keep leaves no gap', async () => {
  const { db } = database
  const write = (tx: typeof db) => writeAudit(tx, { id: 1 }, 'review_undone', { subject: 'post', id: 1 })
  await expect(
    db.transaction(async tx => {
      await write(tx)
      throw new Error('changed my mind')
    }),
  ).rejects.toThrow('changed my mind')
  await db.transaction(write)
  expect(await verifyAudit(db)).toMatchObject({ entries: 41, broken: [] })
})

test('the database itself refuses to change, delete or empty the log: by the rights of the forum’s role, and by triggers besides', async () => {
  const statements = [
    "update audit_entries set deed = 'nothing' where number = 7",
    'delete from audit_entries where number = 7',
    'truncate audit_entries',
  ]
  for (const statement of statements) expect(await refuses(statement)).toMatch(/permission denied/)
  await database.db.execute(sql.raw('grant update, delete, truncate on audit_entries to current_user'))
  for (const statement of statements) expect(await refuses(statement)).toMatch(/only ever added to/)
  expect(await verifyAudit(database.db)).toMatchObject({ entries: 41, broken: [] })
})

test('a row changed behind the triggers’ back, one taken out and one put in are found', async () => {
  const { db } = database
  const behind = (statement: string) =>
    db.transaction(async tx => {
      await tx.execute(sql.raw('alter table audit_entries disable trigger all'))
      await tx.execute(sql.raw(statement))
      await tx.execute(
        sql.raw(
          'alter table audit_entries enable always trigger audit_entries_stay; alter table audit_entries enable trigger audit_entries_chain',
        ),
      )
    })
  await behind('update audit_entries set details = details || \'{"reason": "other"}\' where number = 12')
  expect((await verifyAudit(db)).broken).toEqual([12])
  await behind('delete from audit_entries where number = 20')
  expect((await verifyAudit(db)).broken).toEqual([12, 21])
})

test('every look at personal data is in the log, and operators read it; nobody else does', async () => {
  const forum = await startTestApp()
  const [operator, member] = [await makeOperator(forum.db), await makeMember(forum.db)]
  await forum.db.execute(sql`insert into mails (once_key, recipient, subject, text, html) values ('k', 'a@example.com', 's', 't', 'h')`)
  const browser = await forum.as(operator)
  expect((await browser.get('/moderation/audit')).body).toContain('まだ記録はありません')
  await browser.get('/admin/mailbox')
  const page = (await browser.get('/moderation/audit?deed=data_looked')).body
  expect(page).toContain('個人情報を見ました')
  expect(page).toContain('送信箱')
  expect((await browser.get('/moderation/audit?deed=nothing&before=1')).body).toContain('まだ記録はありません')
  expect((await (await forum.as(member)).get('/moderation/audit')).statusCode).toBe(403)
  await forum.close()
})
