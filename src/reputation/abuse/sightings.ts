import { createHmac, randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Db } from '../../platform/db.ts'

/** A new key every so many days; the last two are in use, so that what lies up to fifteen days apart can be told to be the same. */
const KEY_DAYS = 15
export const KEPT_DAYS = 30

const today = sql`(now() at time zone 'Asia/Tokyo')::date`

/**
 * Notes that a member was seen with this device's cookie and from this address: as keyed hashes, once a day. The keys change and are
 * thrown away, so that nobody can go back from a hash to a device or an address.
 */
export async function noteSighting(db: Db, accountId: number, seen: { device: string; address: string }): Promise<void> {
  const rows = (await livingKeys(db)).flatMap(key =>
    (['device', 'address'] as const)
      .filter(kind => seen[kind] !== '')
      .map(kind => ({ hash: createHmac('sha256', key).update(`${kind} ${seen[kind]}`).digest('hex'), kind, accountId })),
  )
  await db.execute(sql`
    insert into sightings (hash, kind, account_id, day)
    select decode(s.hash, 'hex'), s.kind, s."accountId", ${today} from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as s(hash text, kind text, "accountId" bigint)
    on conflict do nothing`)
}

/** The two newest keys, made when their time has come. */
async function livingKeys(db: Db): Promise<Buffer[]> {
  const fresh = randomBytes(32).toString('hex')
  await db.execute(sql`
    insert into sighting_keys (since, key) select ${today}, decode(${fresh}, 'hex')
    where not exists (select from sighting_keys where since > ${today} - ${KEY_DAYS}::int) on conflict do nothing`)
  const rows = await db.execute<{ key: string }>(sql`select encode(key, 'hex') as key from sighting_keys order by since desc limit 2`)
  return rows.map(({ key }) => Buffer.from(key, 'hex'))
}

/** Forgets sightings after thirty days, and the keys that are out of use. */
export async function sweepSightings(db: Db): Promise<void> {
  await db.execute(sql`delete from sightings where day <= ${today} - ${KEPT_DAYS}::int`)
  await db.execute(sql`delete from sighting_keys where since not in (select since from sighting_keys order by since desc limit 2)`)
}
