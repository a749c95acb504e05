import { type SQL, sql } from 'drizzle-orm'
import type { EventName, EventOf } from '../events.ts'
import type { Db } from '../platform/db.ts'
import { CHUNK, FOLLOW_OWN, FOLLOWERS } from './following.ts'
import { kinds } from './kinds.ts'
import { MAIL_AT, PUSH_AT } from './mail_times.ts'
import { STANDS, withTopicAndPost } from './standing.ts'

type Told = { unfinished: Map<number, number>; rings: boolean }
type Ids = { topicId?: number; postId?: number; actorId?: number; accountId?: number; companyId?: number }

/**
 * Tells everybody whom these events (all of one name) concern, each of them once of each, however often it is repeated: never whoever did
 * it, nobody who left, nothing of somebody one blocks (what a company says in its own name is told all the same), and nothing that is
 * hidden by now. One statement. Where an event has more followers than are told at once, it says
 * after whose account to go on, by the event's id; and whether a browser is to be rung.
 */
export async function tellAll(db: Db, events: EventOf[], after = 0): Promise<Told> {
  const told = events[0] && toldOf(events[0].name)
  if (!told) return { unfinished: new Map(), rings: false }
  const rows = await db.execute<{ id: string; scanned: number; last: string; rings: boolean }>(sql`
    with e as materialized (select * from jsonb_to_recordset(${JSON.stringify(events.map(event => rowOf(event, after)))}::jsonb) as event(
      id bigint, topic_id bigint, post_id bigint, actor_id bigint, account_id bigint, company_id bigint, data jsonb, after bigint)),
    ${told},
    inserted as (
      insert into notices (account_id, kind, once, thread, topic_id, post_id, actor_id, event_id, about, mail_at, push_at)
      select distinct on (e.id, told.account_id) told.account_id, told.kind, told.once, told.thread, e.topic_id, e.post_id, told.actor_id, e.id,
        nullif(e.data - '{topicId,boardId,postId,actorId,accountId}'::text[], '{}'), ${MAIL_AT}, ${PUSH_AT}
      from e join told on told.event_id = e.id join accounts a on a.id = told.account_id ${withTopicAndPost('e')} left join notice_settings s on s.account_id = a.id
      where a.closed_at is null and a.id is distinct from e.actor_id and ${STANDS}
        and (told.actor_id is null or p.company_id is not null or told.list not in ('talk', 'following') or not told.actor_id = any(a.blocked_ids))
        and (told.always or s.ways->>told.list is distinct from 'none' and not exists (
          select from watches w where w.subject = 'topic:' || e.topic_id and w.account_id = a.id and w.level = 'nothing'))
      order by e.id, told.account_id, told.weight
      on conflict (account_id, once) do nothing returning push_at)
    select event_id as id, count(*)::int as scanned, max(account_id) as last, false as rings from followers group by event_id
    union all select 0, 0, 0, true where exists (select from inserted where push_at is not null)`)
  const unfinished = rows.filter(({ scanned }) => scanned === CHUNK).map(({ id, last }) => [Number(id), Number(last)] as const)
  return { unfinished: new Map(unfinished), rings: rows.some(({ rings }) => rings) }
}

/** The same for one event. */
export const tell = async (db: Db, event: EventOf, after = 0): Promise<number | undefined> =>
  (await tellAll(db, [event], after)).unfinished.get(Number(event.id))

function rowOf({ id, data }: EventOf, after: number) {
  const { topicId, postId, actorId, accountId, companyId } = data as Ids
  return { id, topic_id: topicId, post_id: postId, actor_id: actorId, account_id: accountId, company_id: companyId, data, after }
}

const written = new Map<EventName, SQL | undefined>()

/** Whom the kinds of an event tell, as `followers` and `told`; written once for each event. */
function toldOf(name: EventName): SQL | undefined {
  if (!written.has(name)) {
    const parts = kinds.flatMap(([kind, { on, who, once, group, byCompany, list, also = [], always = false }], weight) => {
      const same = ONCE[once](kind)
      const thread = { topic: `'${kind}:' || e.topic_id`, post: `'${kind}:' || e.post_id`, alone: same, kind: `'${kind}'` }[group]
      const from = byCompany ? 'null::bigint' : 'e.actor_id'
      const columns = `e.id as event_id, who.account_id, '${kind}' as kind, ${weight} as weight, ${always} as always, '${list}' as list, ${also.includes('mail')} as by_mail, ${also.includes('push')} as by_push, ${same} as once, ${thread} as thread, ${from} as actor_id`
      return on.includes(name) ? [sql`select ${sql.raw(columns)} from e cross join lateral (${who}) who(account_id)`] : []
    })
    const follows = kinds.some(([kind, { on }]) => on.includes(name) && kind.startsWith('followed_'))
    const own = FOLLOW_OWN[name as keyof typeof FOLLOW_OWN]
    const told = sql`followers as materialized (${follows ? FOLLOWERS : NO_FOLLOWERS}),
      ${own ? sql`own as (${own}),` : sql``} told as (${sql.join(parts, sql` union all `)})`
    written.set(name, parts.length > 0 ? told : undefined)
  }
  return written.get(name)
}

const NO_FOLLOWERS = sql`select null::bigint as event_id, null::bigint as account_id where false`

const ONCE = {
  post: () => `'post:' || e.post_id`,
  person: (kind: string) => `'${kind}:' || e.post_id || ':' || e.actor_id`,
  event: () => `'event:' || e.id`,
}
