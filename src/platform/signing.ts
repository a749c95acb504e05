import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Db } from './db.ts'

/** Words of ours that come back by another way (a link in a mail, an address): letters and digits in lower case, parted by `-`. */
export async function sign(db: Db, ...words: (string | number)[]): Promise<string> {
  const text = words.join('-')
  return `${text}-${await markOf(db, text)}`
}

/** The words of a signed text; undefined for what we did not write. */
export async function readSigned(db: Db, token: string): Promise<string[] | undefined> {
  const [, text = '', mark = ''] = /^([a-z0-9-]{1,60})-([0-9a-f]{24})$/.exec(token.toLowerCase()) ?? []
  if (!text || !timingSafeEqual(Buffer.from(mark), Buffer.from(await markOf(db, text)))) return undefined
  return text.split('-')
}

const markOf = async (db: Db, text: string) =>
  createHmac('sha256', await siteKey(db))
    .update(text)
    .digest('hex')
    .slice(0, 24)

const known = new WeakMap<Db, Promise<string>>()

/** The site's own secret, made at the first use and the same in all processes. */
function siteKey(db: Db): Promise<string> {
  const key = known.get(db) ?? readKey(db)
  known.set(db, key)
  key.catch(() => known.delete(db))
  return key
}

async function readKey(db: Db): Promise<string> {
  const fresh = JSON.stringify(randomBytes(32).toString('hex'))
  const [row] = await db.execute<{ value: string }>(sql`
    insert into site_settings (name, value) values ('site.key', ${fresh}::jsonb)
    on conflict (name) do update set value = site_settings.value returning value`)
  if (!row) throw new Error('the site has no key')
  return row.value
}
