import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../test/database.ts'
import { record } from './platform/outbox.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

test('an event has a job where something follows from it, and is kept either way', async () => {
  const { db } = database
  await record(db, 'badge.changed', { accountId: 1, badge: 'first_answer' })
  await record(db, 'account.changed', { accountId: 1 })
  const events = await db.execute<{ name: string }>(sql`select name from events order by id`)
  const jobs = await db.execute<{ name: string }>(sql`select payload->>'name' as name from graphile_worker._private_jobs`)
  expect(events.map(({ name }) => name)).toEqual(['badge.changed', 'account.changed'])
  expect(jobs.map(({ name }) => name)).toEqual(['account.changed'])
})
