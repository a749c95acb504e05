import { sql } from 'drizzle-orm'
import type { Db } from '../../platform/db.ts'

/** Forgets the prints of texts that are older than a week. */
export async function sweepFingerprints(db: Db): Promise<void> {
  await db.execute(sql`delete from fingerprints where at < now() - interval '7 days'`)
}
