import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate as runMigrations } from 'drizzle-orm/postgres-js/migrator'
import { runMigrations as runJobMigrations } from 'graphile-worker'
import postgres from 'postgres'

const FOLDER = fileURLToPath(new URL('../../migrations', import.meta.url))
const LOCK = 0x4869726f

/**
 * Brings the database at `url` to the newest schema, forward only. Safe to run from many processes at once:
 * an advisory lock lets one work while the others wait. Throws what PostgreSQL says.
 */
export async function migrate(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    await sql`select pg_advisory_lock(${LOCK})`
    await runMigrations(drizzle(sql), { migrationsFolder: FOLDER })
    await runJobMigrations({ connectionString: url })
  } finally {
    await sql.end({ timeout: 5 })
  }
}
