import { sql } from 'drizzle-orm'

/**
 * Whether what a notice is about may still be read by the account `a`: its topic `t` and its post `p` below `parent` stand, and the topic
 * is for him. True for what is about no topic.
 */
export const STANDS = sql`(
  (t.id is null or (t.hidden_at is null and t.withdrawn_at is null and (t.visibility <> 'staff' or a.moderates or a.role = 'operator')))
  and (p.id is null or (p.hidden_at is null and p.withdrawn_at is null and parent.hidden_at is null)))`

/** The topic and the post of a row `of` that names them, as STANDS wants them. */
export const withTopicAndPost = (of: 'e' | 'n') => {
  const row = sql.raw(of)
  return sql`left join topics t on t.id = ${row}.topic_id left join posts p on p.id = ${row}.post_id left join posts parent on parent.id = p.parent_id`
}
