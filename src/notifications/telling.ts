import { type SQL, sql } from 'drizzle-orm'
import type { EventName, EventOf } from '../events.ts'
import type { Db } from '../platform/db.ts'
import { CHUNK, FOLLOW_OWN, FOLLOWERS } from './following.ts'
import { kinds } from './kinds.ts'
import { MAIL_AT } from './mail_times.ts'
import { STANDS, withTopicAndPost } from './standing.ts'

type Ids = { topicId?: number; postId?: number; actorId?: number; accountId?: number; companyId?: number }

/**
 * Tells everybody whom an event concerns, each of them once, however often it is repeated: never whoever did it, nobody who left, and
 * nothing that is hidden by now. One statement. Where there are more followers than it tells at once, it returns after whose account to go on.
 */
export async function tell(db: Db, { id, name, data }: EventOf, after = 0): Promise<number | undefined> {
  const told = toldOf(name)
  if (!told) return undefined
  const { topicId, postId, actorId, accountId, companyId }: Ids = data as Ids
  const [row] = await db.execute<{ scanned: number; last: string }>(sql`
    with e as materialized (select ${id}::bigint as id, ${topicId ?? null}::bigint as topic_id, ${postId ?? null}::bigint as post_id,
      ${actorId ?? null}::bigint as actor_id, ${accountId ?? null}::bigint as account_id, ${companyId ?? null}::bigint as company_id,
      ${JSON.stringify(data)}::jsonb as data, ${after}::bigint as after),
    ${told},
    inserted as (
      insert into notices (account_id, kind, once, thread, topic_id, post_id, actor_id, event_id, about, mail_at)
      select distinct on (told.account_id) told.account_id, told.kind, told.once, told.thread, e.topic_id, e.post_id, told.actor_id, e.id,
        nullif(e.data - '{topicId,boardId,postId,actorId,accountId}'::text[], '{}'), ${MAIL_AT}
      from e cross join told join accounts a on a.id = told.account_id ${withTopicAndPost('e')} left join notice_settings s on s.account_id = a.id
      where a.closed_at is null and a.id is distinct from e.actor_id and ${STANDS}
        and (told.always or s.ways->>told.list is distinct from 'none' and not exists (
          select from watches w where w.subject = 'topic:' || e.topic_id and w.account_id = a.id and w.level = 'nothing'))
      order by told.account_id, told.weight
      on conflict (account_id, once) do nothing)
    select count(*)::int as scanned, max(account_id) as last from followers`)
  return row?.scanned === CHUNK ? Number(row.last) : undefined
}

const written = new Map<EventName, SQL | undefined>()

/** Whom the kinds of an event tell, as `followers` and `told`; written once for each event. */
function toldOf(name: EventName): SQL | undefined {
  if (!written.has(name)) {
    const parts = kinds.flatMap(([kind, { on, who, once, group, byCompany, list, also = [], always = false }], weight) => {
      const same = ONCE[once](kind)
      const thread = { topic: `'${kind}:' || e.topic_id`, post: `'${kind}:' || e.post_id`, alone: same }[group]
      const from = byCompany ? 'null::bigint' : 'e.actor_id'
      const columns = `who.account_id, '${kind}' as kind, ${weight} as weight, ${always} as always, '${list}' as list, ${also.includes('mail')} as by_mail, ${same} as once, ${thread} as thread, ${from} as actor_id`
      return on.includes(name) ? [sql`select ${sql.raw(columns)} from e cross join lateral (${who}) who(account_id)`] : []
    })
    const follows = kinds.some(([kind, { on }]) => on.includes(name) && kind.startsWith('followed_'))
    const own = FOLLOW_OWN[name as keyof typeof FOLLOW_OWN]
    const told = sql`followers as materialized (${follows ? FOLLOWERS : sql`select null::bigint as account_id where false`}),
      ${own ? sql`own as (${own}),` : sql``} told as (${sql.join(parts, sql` union all `)})`
    written.set(name, parts.length > 0 ? told : undefined)
  }
  return written.get(name)
}

const ONCE = {
  post: () => `'post:' || e.post_id`,
  person: (kind: string) => `'${kind}:' || e.post_id || ':' || e.actor_id`,
  event: () => `'event:' || e.id`,
}
