import { sql } from 'drizzle-orm'
import type { Db } from '../../platform/db.ts'
import { record } from '../../platform/outbox.ts'
import { openItem } from '../opening.ts'
import { settleStanding } from './standing.ts'

/**
 * Holds the accounts that look like second ones of somebody who may write nowhere, until an operator has looked: as long as he may not, at
 * the longest. What was found to be another person's is left alone. Safe to repeat.
 */
export async function holdSecondAccounts(tx: Db, accountId: number): Promise<void> {
  const held = await tx.execute<{ id: number; account_id: number }>(sql`
    insert into sanctions (account_id, kind, rule, words, cause_id, ends_at)
    select distinct on (other.id) other.id, 'hold', 'evasion', '', cause.id, cause.ends_at
    from sanctions cause
    join findings f on f.kind = 'second_account' and f.outcome is distinct from 'dismissed' and f.member_ids @> array[cause.account_id]
    join accounts other on other.id = any(f.member_ids) and other.id <> cause.account_id and other.closed_at is null and other.role <> 'operator'
    where cause.account_id = ${accountId} and cause.lifted_at is null and cause.board_id is null and cause.kind in ('suspension', 'removal')
      and (cause.ends_at is null or cause.ends_at > now())
    order by other.id, cause.ends_at desc nulls first
    on conflict do nothing returning id::int as id, account_id::int as account_id`)
  for (const { id, account_id } of held) {
    await settleStanding(tx, account_id)
    await openItem(tx, {
      ...{ kind: 'second_account', subject: 'sanction', subjectId: id, boardId: null, tier: 2 },
      ...{ aboutId: account_id, facts: { accountId: account_id, like: accountId } },
    })
    await record(tx, 'sanction.given', { sanctionId: id, accountId: account_id })
  }
}

/** Two accounts were found to be one person's: where one of them may not write, neither may the other until somebody has looked. */
export async function holdAfterFinding(db: Db, findingId: number): Promise<void> {
  await db.transaction(async tx => {
    const rows = await tx.execute<{ id: number }>(sql`
      select unnest(member_ids)::int as id from findings where id = ${findingId} and kind = 'second_account' and outcome is distinct from 'dismissed' order by 1`)
    for (const { id } of rows) await holdSecondAccounts(tx, id)
  })
}
