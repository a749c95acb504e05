import { randomBytes } from 'node:crypto'
import postgres from 'postgres'
import { inject } from 'vitest'
import { type Database, type Db, openDatabase } from '../src/platform/db.ts'

/** An empty, migrated database of one's own; `drop` closes it and removes it. */
export type TestDatabase = Database & { url: string; drop(): Promise<void> }

/** Copies the migrated template. Call it in `beforeAll`, and `drop` in `afterAll`. `options` go to `openDatabase`. */
export async function testDatabase(options: Parameters<typeof openDatabase>[1] = {}): Promise<TestDatabase> {
  const server = inject('databaseServer')
  const name = `test_${randomBytes(6).toString('hex')}`
  await onServer(server, `create database ${name} template ${inject('databaseTemplate')} strategy file_copy`)
  const url = new URL(server)
  url.pathname = `/${name}`
  const database = openDatabase(url.href, { max: 5, ...options })
  const drop = async () => {
    await database.close()
    await onServer(server, `drop database ${name} with (force)`)
  }
  return { ...database, url: url.href, drop }
}

/** Runs a test's work in a transaction and takes everything back; hands on what the work returned or threw. */
export async function rolledBack<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> {
  const done = new Error('taken back')
  let result: { value: T } | undefined
  try {
    await db.transaction(async tx => {
      result = { value: await work(tx) }
      throw done
    })
  } catch (error) {
    if (error !== done) throw error
  }
  if (!result) throw new Error('the work did not finish')
  return result.value
}

async function onServer(server: string, statement: string): Promise<void> {
  const sql = postgres(server, { max: 1, onnotice: () => {} })
  try {
    await sql.unsafe(statement)
  } finally {
    await sql.end({ timeout: 5 })
  }
}
