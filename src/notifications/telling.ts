import { type SQL, sql } from 'drizzle-orm'
import type { EventName, EventOf } from '../events.ts'
import type { Db } from '../platform/db.ts'
import { kinds } from './kinds.ts'
import { STANDS, withTopicAndPost } from './standing.ts'

type Ids = { topicId?: number; postId?: number; actorId?: number; accountId?: number; companyId?: number }

/**
 * Tells everybody whom an event concerns, each of them once, however often it is repeated: never whoever did it, nobody who left, and
 * nothing that is hidden by now. One statement.
 */
export async function tell(db: Db, { id, name, data }: EventOf): Promise<void> {
  const told = toldOf(name)
  if (!told) return
  const { topicId, postId, actorId, accountId, companyId }: Ids = data as Ids
  await db.execute(sql`
    with e as materialized (select ${id}::bigint as id, ${topicId ?? null}::bigint as topic_id, ${postId ?? null}::bigint as post_id,
      ${actorId ?? null}::bigint as actor_id, ${accountId ?? null}::bigint as account_id, ${companyId ?? null}::bigint as company_id,
      ${JSON.stringify(data)}::jsonb as data)
    insert into notices (account_id, kind, once, thread, topic_id, post_id, actor_id, event_id, about)
    select distinct on (told.account_id) told.account_id, told.kind, told.once, told.thread, e.topic_id, e.post_id, nullif(told.actor_id, 0), e.id,
      nullif(e.data - '{topicId,boardId,postId,actorId,accountId}'::text[], '{}')
    from e cross join lateral (${told}) told join accounts a on a.id = told.account_id ${withTopicAndPost('e')}
    where a.closed_at is null and a.id is distinct from e.actor_id and ${STANDS}
    order by told.account_id, told.weight
    on conflict (account_id, once) do nothing`)
}

const written = new Map<EventName, SQL | undefined>()

/** Whom the kinds of an event tell, as one select; written once for each event. */
function toldOf(name: EventName): SQL | undefined {
  if (!written.has(name)) {
    const parts = kinds.flatMap(([kind, { on, who, once, group, byCompany }], weight) => {
      const threads = { topic: `'${kind}:' || e.topic_id`, post: `'${kind}:' || e.post_id`, alone: ONCE[once](kind) }
      const columns = sql.raw(
        `who.account_id, '${kind}' as kind, ${weight} as weight, ${ONCE[once](kind)} as once, ${threads[group]} as thread, ${byCompany ? 'null::bigint' : 'e.actor_id'} as actor_id`,
      )
      return on.includes(name) ? [sql`select ${columns} from (${who}) who(account_id)`] : []
    })
    written.set(name, parts.length > 0 ? sql.join(parts, sql` union all `) : undefined)
  }
  return written.get(name)
}

const ONCE = {
  post: () => `'post:' || e.post_id`,
  person: (kind: string) => `'${kind}:' || e.post_id || ':' || e.actor_id`,
  event: () => `'event:' || e.id`,
}
