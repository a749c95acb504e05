import { sql } from 'drizzle-orm'

/** How many followers one statement tells; the rest is told by jobs that let others go first. */
export const CHUNK = 1000

/** What there is to follow about the topic `t` of the event `e`. */
const SUBJECTS = sql`array['topic:' || t.id, 'board:' || t.board_id, 'board:' || t.root_board_id, 'person:' || e.actor_id]
  || array(select 'product:' || product from unnest(t.product_ids) product) || array(select 'tag:' || lower(tag) from unnest(t.tags) tag)`

/**
 * Of each event `e` a chunk of those who follow its topic or something it is about, in the order of their accounts after `e.after`, with what
 * they want to hear. What somebody said of the topic itself counts before what he said of its board, products, tags and writer. Each
 * subject gives a chunk of its own, so the smallest chunk of all of them leaves nobody out.
 */
export const FOLLOWERS = sql`
  select e.id as event_id, f.* from e cross join lateral (
  select account_id, coalesce(topic in ('all', 'answers'), listens) as wants_answers, coalesce(topic = 'all', false) as wants_talk,
    coalesce(topic <> 'nothing', true) and everything as wants_topics
  from (
    select w.account_id, max(w.level) filter (where about.subject like 'topic:%') as topic,
      not bool_or(w.level = 'nothing') and bool_or(about.subject not like 'topic:%') as listens,
      not bool_or(w.level = 'nothing') and bool_or(w.level = 'all') as everything
    from (select distinct unnest(${SUBJECTS}) as subject from topics t where t.id = e.topic_id) about
    cross join lateral (select f.account_id, f.level from watches f where f.subject = about.subject and f.account_id > e.after
      order by f.account_id limit ${sql.raw(String(CHUNK))}) w
    group by w.account_id order by w.account_id limit ${sql.raw(String(CHUNK))}) levels) f`

/** What somebody asked or answered he follows from then on, unless he said otherwise before. */
export const FOLLOW_OWN = {
  'topic.asked': sql`insert into watches (subject, account_id, level, is_own) select 'topic:' || topic_id, actor_id, 'all', true from e where exists (select from accounts a where a.id = e.actor_id) on conflict do nothing`,
  'answer.posted': sql`insert into watches (subject, account_id, level, is_own) select 'topic:' || topic_id, actor_id, 'answers', true from e where exists (select from accounts a where a.id = e.actor_id) on conflict do nothing`,
}
