import { sql } from 'drizzle-orm'
import type { Db } from './db.ts'
import { type Locale, translate } from './i18n.ts'

type Site = { name?: string; description?: string }

/** The site's name and description as the operator set them; the built-in name until then. */
export async function readSite(db: Db) {
  let site = await load(db)
  return {
    current: (locale: Locale) => ({
      name: site.name || translate(locale, 'site.name'),
      description: site.description || translate(locale, 'site.description'),
    }),
    reload: async () => {
      site = await load(db)
    },
  }
}

async function load(db: Db): Promise<Site> {
  const [row] = await db.execute<{ value: Site }>(sql`select value from site_settings where name = 'site'`)
  return row?.value ?? {}
}
