import { sql } from 'drizzle-orm'
import { type Actor, isOperator } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { ensure, Invalid } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'

export type SiteText = { name: string; description: string }

const NAME_MAX = 40
const DESCRIPTION_MAX = 200

/** Changes the site's name and what it says of itself; empty ones fall back to the built-in words. Throws Refused, Invalid at the fields. */
export async function changeSite(db: Db, actor: Actor, text: SiteText): Promise<void> {
  ensure(isOperator(actor), 'errors.refused')
  await db.transaction(tx => saveSite(tx, text))
}

/** Writes the site's words inside a verb's transaction. */
export async function saveSite(tx: Db, typed: SiteText): Promise<void> {
  const site = { name: oneLine(typed.name), description: oneLine(typed.description) }
  if ([...site.name].length > NAME_MAX) throw new Invalid({ name: { key: 'form.tooLong', values: { limit: NAME_MAX } } })
  if ([...site.description].length > DESCRIPTION_MAX)
    throw new Invalid({ description: { key: 'form.tooLong', values: { limit: DESCRIPTION_MAX } } })
  await tx.execute(
    sql`insert into site_settings (name, value) values ('site', ${JSON.stringify(site)}::jsonb) on conflict (name) do update set value = excluded.value`,
  )
  await record(tx, 'site.changed', {})
}

/** What the operator wrote, without the built-in words. */
export async function findSite(db: Db): Promise<SiteText> {
  const [row] = await db.execute<{ value: Partial<SiteText> }>(sql`select value from site_settings where name = 'site'`)
  return { name: row?.value.name ?? '', description: row?.value.description ?? '' }
}

const oneLine = (text: string) => text.normalize('NFC').replace(/\p{C}/gu, ' ').replace(/\s+/gu, ' ').trim()
