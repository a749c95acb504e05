import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rolledBack, type TestDatabase, testDatabase } from './database.ts'

let first: TestDatabase
let second: TestDatabase

beforeAll(async () => {
  ;[first, second] = await Promise.all([testDatabase(), testDatabase()])
})
afterAll(async () => {
  await Promise.all([first.drop(), second.drop()])
})

const countRows = async (database: TestDatabase) =>
  (await database.db.execute<{ rows: number }>(sql`select count(*)::int as rows from words`))[0]?.rows

test('a test database has every table, and what one test file writes no other sees', async () => {
  const tables =
    await first.sql`select 1 from information_schema.tables where table_schema = 'public' and table_name in ('accounts', 'topics', 'posts')`
  expect(tables).toHaveLength(3)
  await first.db.execute(sql`create table words (word text)`)
  await expect(countRows(second)).rejects.toThrow()
})

test('work that is rolled back leaves nothing, and hands on its result and its failure', async () => {
  const result = await rolledBack(first.db, async tx => {
    await tx.execute(sql`insert into words values ('gone')`)
    return tx.execute(sql`select word from words`)
  })
  expect([...result]).toEqual([{ word: 'gone' }])
  expect(await countRows(first)).toBe(0)
  await expect(rolledBack(first.db, () => Promise.reject(new Error('refused')))).rejects.toThrow('refused')
})
