import { sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'

/** The companies' own sites, in memory: every page that is read asks for them. */
export async function knowCompanySites(db: Db) {
  let known = await load(db)
  return {
    /** Whose site this host is: a company's domain or anything below it. */
    companyAt(host: string): number | undefined {
      const parts = host.split('.')
      for (let at = 0; at + 1 < parts.length; at++) {
        const company = known.get(parts.slice(at).join('.'))
        if (company) return company
      }
      return undefined
    },
    reload: async () => {
      known = await load(db)
    },
  }
}

async function load(db: Db): Promise<Map<string, number>> {
  const rows = await db.execute<{ domain: string; id: string }>(sql`select domain, id from companies where admitted_at is not null`)
  return new Map(rows.map(({ domain, id }) => [domain, Number(id)]))
}
