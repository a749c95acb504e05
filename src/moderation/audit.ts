import { sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import type { Deed } from './deeds.ts'
import { auditEntries } from './schema.ts'

/** What a deed was done to: a word for the table and the row's id; the board, where it has one. */
export type AuditSubject = { subject: string; id?: number; boardId?: number | null }

/**
 * Writes one deed into the audit log, in the caller's transaction. `actor` 0 is the forum itself. Only ids and words of ours belong into
 * `details`: what is written here is never deleted. Call it last: it holds the end of the chain until the transaction is over.
 */
export async function writeAudit(
  tx: Db,
  actor: { id: number },
  deed: Deed,
  { subject, id, boardId }: AuditSubject,
  details: Record<string, unknown> = {},
): Promise<void> {
  // Number, time and hashes are the trigger's: whatever is sent for them is overwritten.
  await tx.execute(sql`
    insert into ${auditEntries} (number, at, actor_id, deed, subject, subject_id, board_id, details, previous_hash, hash)
    values (0, now(), ${actor.id || null}, ${deed}, ${subject}, ${id ?? null}, ${boardId ?? null}, ${JSON.stringify(details)}::jsonb, '', '')`)
}

export type AuditProof = { entries: number; head: string | undefined; broken: number[]; headFound: boolean }

/**
 * Reads the whole log and proves its chain: numbers without a gap, each hash that of its row and of the one before. `broken` names the
 * first hundred numbers that do not hold; `head` is a hash written down earlier (hex) that has to be in it still.
 */
export async function verifyAudit(db: Db, head?: string): Promise<AuditProof> {
  const broken = await db.execute<{ number: number }>(sql`
    select number from (
      select e.*, lag(hash) over chain as hash_before, lag(number) over chain as number_before from audit_entries e window chain as (order by number)
    ) as e
    where hash <> audit_hash(number, at, actor_id, deed, subject, subject_id, board_id, details, previous_hash)
      or previous_hash <> coalesce(hash_before, ''::bytea) or number <> coalesce(number_before, 0) + 1
    order by number limit 100`)
  const [last] = await db.execute<{ entries: number; head: string | null; known: boolean }>(sql`
    select (select count(*) from audit_entries)::int as entries,
      (select encode(hash, 'hex') from audit_entries order by number desc limit 1) as head,
      exists (select from audit_entries where encode(hash, 'hex') = ${head ?? ''}) as known`)
  return {
    entries: last?.entries ?? 0,
    head: last?.head ?? undefined,
    broken: broken.map(({ number }) => Number(number)),
    headFound: !head || last?.known === true,
  }
}

/** Writes down that somebody looked at personal data, before it is shown to him. */
export const auditLook = (db: Db, actor: { id: number }, subject: AuditSubject): Promise<void> =>
  db.transaction(tx => writeAudit(tx, actor, 'data_looked', subject))
