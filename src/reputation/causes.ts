import { type SQL, sql } from 'drizzle-orm'

/**
 * Everything in these posts that brings points as the forum stands now: one row a cause, with whom it brings them and from whom it comes.
 * A post that was hidden, taken back or written for a company brings nothing; helpers keep what they earned in a topic whose question is hidden.
 */
export function causesOf(ids: SQL, from?: number): SQL {
  return sql`
    select c.*, (c.at at time zone 'Asia/Tokyo')::date as day from (
      with standing as (
        select p.id, p.kind, p.asked_as, p.author_id, p.topic_id, p.created_at, p.guaranteed_at, t.board_id, t.author_id as asker_id, t.best_answer_id,
          coalesce(t.best_picked_by_id, t.author_id) as picker_id, coalesce(t.best_picked_at, t.solved_at, p.created_at) as picked_at
        from posts p join topics t on t.id = p.topic_id
        where p.id = any(${ids}) and p.hidden_at is null and p.withdrawn_at is null and p.company_id is null
          and (p.kind <> 'opening' or (t.hidden_at is null and t.withdrawn_at is null)))
      select 'answer_posted' as rule, author_id as account_id, null::bigint as from_id, null::bigint as cause_id, created_at as at, id as post_id, topic_id, board_id
        from standing where kind = 'answer' and author_id <> asker_id and asked_as is null
      union all select r.kind || '_received', s.author_id, r.account_id, null, r.created_at, s.id, s.topic_id, s.board_id
        from standing s join reactions r on r.post_id = s.id where r.brings and r.account_id <> s.author_id
      union all select 'thanks_given', r.account_id, s.author_id, null, r.created_at, s.id, s.topic_id, s.board_id
        from standing s join reactions r on r.post_id = s.id and r.kind = 'thanks' where r.brings and r.account_id <> s.author_id
      union all select 'best_received', author_id, picker_id, null, picked_at, id, topic_id, board_id
        from standing where best_answer_id = id and author_id not in (asker_id, picker_id)
      union all select 'best_picked', asker_id, author_id, null, picked_at, id, topic_id, board_id
        from standing where best_answer_id = id and asker_id = picker_id and author_id <> asker_id
      union all select 'guaranteed', author_id, null, null, guaranteed_at, id, topic_id, board_id from standing where guaranteed_at is not null
      union all select 'edit_accepted', e.author_id, e.decided_by_id, e.id, e.decided_at, s.id, s.topic_id, s.board_id
        from standing s join suggested_edits e on e.post_id = s.id where e.outcome = 'accepted' and e.decided_by_id <> e.author_id
    ) c
    where not exists (select from voided_pairs v where v.from_id = c.from_id and v.to_id = c.account_id) ${onlyFrom(sql`c`, from)}`
}

/** Of the causes (or rows) of a post only what one member's reactions bring: to him who gets them, and to himself. */
export function onlyFrom(of: SQL, from: number | undefined): SQL {
  return from === undefined ? sql`` : sql`and (${of}.from_id = ${from} or (${of}.rule = 'thanks_given' and ${of}.account_id = ${from}))`
}
