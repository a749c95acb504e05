import { eq, sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import { hasPrivilege, PRIVILEGES } from '../accounts/policy.ts'
import { accounts } from '../accounts/schema.ts'
import type { Db } from '../platform/db.ts'
import { ensure } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'

/** A first question waits this long before mentors are told; after three days nobody is told any more. */
const PATIENCE = '15 minutes'
const TOO_OLD = '3 days'
const MENTORS_A_QUESTION = 5
const MOST_A_DAY = 3

/** Becomes one of those who are told of first questions that wait. Throws Refused below the level. */
export async function joinMentors(db: Db, actor: Actor): Promise<void> {
  ensure(hasPrivilege(actor, 'mentor') && actor.confirmed && !actor.suspended, 'errors.refused')
  await db.update(accounts).set({ mentors: true }).where(eq(accounts.id, actor.id))
}

/** Is not told any more. */
export async function leaveMentors(db: Db, actor: Actor): Promise<void> {
  await db.update(accounts).set({ mentors: false }).where(eq(accounts.id, actor.id))
}

/**
 * Calls mentors to first questions that wait: at most five each, first those who like the board, then those who were not called for
 * long, nobody more than three times a day; by the clock. Safe to repeat.
 */
export async function callMentors(db: Db): Promise<void> {
  const waiting = await db.execute<{ id: string }>(sql`
    select id from topics t where is_first and kind = 'question' and answer_count = 0 and closed_at is null and hidden_at is null
      and withdrawn_at is null and visibility <> 'staff' and created_at between now() - ${TOO_OLD}::interval and now() - ${PATIENCE}::interval
      and not exists (select from mentor_tellings m where m.topic_id = t.id)
    order by created_at limit 50`)
  for (const { id } of waiting) await callTo(db, Number(id))
}

async function callTo(db: Db, topicId: number): Promise<void> {
  await db.transaction(async tx => {
    // Two processes may have found the same question waiting: the later one looks again, once the first is done.
    await tx.execute(sql`select from topics where id = ${topicId} for no key update`)
    const called = await tx.execute<{ account_id: string }>(sql`
      insert into mentor_tellings (topic_id, account_id)
      select t.id, a.id from topics t join accounts a on a.mentors and a.id <> t.author_id and a.closed_at is null and a.confirmed_at is not null
        and (a.suspended_until is null or a.suspended_until < now())
        and (a.level >= ${PRIVILEGES.mentor} or a.moderates or a.role = 'operator')
      cross join lateral (
        select max(m.at) as last, count(*) filter (where m.at > now() - interval '1 day') as today from mentor_tellings m where m.account_id = a.id) told
      where t.id = ${topicId} and not exists (select from mentor_tellings m where m.topic_id = t.id) and told.today < ${MOST_A_DAY}
      order by (a.board_ids && array[t.board_id, t.root_board_id]) desc, told.last nulls first, a.id limit ${MENTORS_A_QUESTION}
      on conflict do nothing returning account_id`)
    for (const { account_id } of called) await record(tx, 'mentor.called', { topicId, accountId: Number(account_id) })
  })
}
