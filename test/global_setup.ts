import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import type { TestProject } from 'vitest/node'
import { processLives } from '../src/platform/embedded_postgres/owner.ts'
import { startEmbeddedPostgres } from '../src/platform/embedded_postgres.ts'
import { migrate } from '../src/platform/migrate.ts'

declare module 'vitest' {
  interface ProvidedContext {
    databaseServer: string
    databaseTemplate: string
  }
}

const FAST = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', autovacuum: 'off', max_connections: '100' }

/** One PostgreSQL for the whole run, with a migrated database that every test file copies. `TEST_DATABASE_URL` names another server. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = process.env.TEST_DATABASE_URL ? { url: process.env.TEST_DATABASE_URL, stop: async () => {} } : await startOwn()
  const template = `hiroba_template_${process.pid}`
  const admin = postgres(server.url, { max: 1, onnotice: () => {} })
  await admin.unsafe(`drop database if exists ${template}`)
  await admin.unsafe(`create database ${template}`)
  await migrate(withDatabase(server.url, template))
  project.provide('databaseServer', server.url)
  project.provide('databaseTemplate', template)
  return async () => {
    await admin.unsafe(`drop database if exists ${template} with (force)`)
    await admin.end({ timeout: 5 })
    await server.stop()
  }
}

/** Ends by itself a second after the run, even when the run is killed. */
async function startOwn(): Promise<{ url: string; stop(): Promise<void> }> {
  removeFolders()
  const dataDir = mkdtempSync(join(tmpdir(), `hiroba-test-${process.pid}-`))
  // Closed to PostgreSQL's user otherwise, when root runs the tests.
  chmodSync(dataDir, 0o755)
  const log = { info: () => {}, warn: (message: string) => console.warn(message) }
  const server = await startEmbeddedPostgres({ dataDir, log, settings: FAST, orphanSeconds: 1 })
  const stop = async () => {
    await server.stop()
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 })
  }
  return { url: server.url, stop }
}

/** Removes what runs that were killed left behind. */
function removeFolders(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(/^hiroba-test-(\d+)-/.exec(name)?.[1])
    if (pid && !processLives(pid)) rmSync(join(tmpdir(), name), { recursive: true, force: true })
  }
}

function withDatabase(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}
