import { sql } from 'drizzle-orm'
import type { Kind } from './kinds.ts'

const WRITER = sql`select author_id from posts where id = e.post_id and company_id is null`

/** Who marked the answer helpful, thanked for it or said that it fixed it, who asked, who has the same trouble, and who follows the topic. */
const RELYING = sql`
  select account_id from reactions where post_id = e.post_id and kind in ('helpful', 'thanks')
  union all select account_id from fixes where post_id = e.post_id and fixed and account_id is not null
  union all select author_id from topics where id = e.topic_id
  union all select r.account_id from topics t join reactions r on r.post_id = t.opening_id and r.kind = 'me_too' where t.id = e.topic_id
  union all select account_id from watches where subject = 'topic:' || e.topic_id and level <> 'nothing'`

const IN_CHARGE = sql`select person_in_charge_id from guarantees where id = (e.data->>'guaranteeId')::bigint`
const ADMINS = sql`select account_id from company_members where company_id = e.company_id and role = 'admin' and left_at is null`

/** What a company does for everybody, in its own name: nobody of its people is named. Alone, because each is about one guarantee. */
const said = { once: 'event', group: 'alone', list: 'talk', byCompany: true } as const
/** Who follows wrong steps is harmed: nobody turns that off. Its mail is a letter of its own, with the reason (guarantees/effects.ts). */
const WARNED = { always: true } as const
/** What its own people hear, and where they see to it. */
const team = { once: 'event', group: 'alone', list: 'talk' } as const
const onTable = ({ topicId }: { topicId: number | null }) => `/t/${topicId}/inbox`

/** What is told of companies and their guarantees: to who relies on an answer, who wrote it, and who looks after it. */
export const COMPANY_KINDS = {
  recalled_own: { ...said, ...WARNED, on: ['guarantee.recalled'], who: WRITER, icon: 'alert' },
  recalled: { ...said, ...WARNED, on: ['guarantee.recalled'], who: RELYING, icon: 'alert' },
  revoked_own: { ...said, ...WARNED, on: ['guarantee.revoked'], who: WRITER, icon: 'shield' },
  revoked: { ...said, ...WARNED, on: ['guarantee.revoked'], who: RELYING, icon: 'shield' },
  guarantee_asked: { ...said, on: ['guarantee.asked'], who: WRITER, icon: 'shield-check', path: () => '/me/guarantees' },
  guaranteed_own: { ...said, on: ['guarantee.given'], who: WRITER, icon: 'shield-check' },
  expired_own: { ...said, on: ['guarantee.expired'], who: WRITER, icon: 'clock' },
  failing: {
    ...team,
    on: ['answer.failing'],
    who: sql`select person_in_charge_id from guarantees where post_id = e.post_id and state = 'given'`,
    icon: 'alert',
  },
  guarantee_stopped: { ...team, on: ['guarantee.suspended', 'guarantee.expired'], who: IN_CHARGE, icon: 'alert' },
  guarantee_due: { ...team, on: ['guarantee.renewal_due'], who: IN_CHARGE, icon: 'clock' },
  guarantee_pending: {
    ...team,
    on: ['guarantee.pending'],
    who: sql`select m.account_id from company_members m join guarantees g on g.company_id = m.company_id and g.id = (e.data->>'guaranteeId')::bigint
      where m.left_at is null and m.account_id <> g.checker_id`,
    icon: 'shield-check',
  },
  inbox_assigned: { ...team, on: ['inbox.assigned'], who: sql`select e.account_id`, icon: 'inbox', path: onTable },
  inbox_back: {
    ...team,
    on: ['inbox.handed_back'],
    who: sql`${ADMINS} union select assignee_id from inbox_questions where company_id = e.company_id and topic_id = e.topic_id`,
    icon: 'inbox',
    path: onTable,
  },
  inbox_overdue: { ...team, on: ['inbox.overdue'], who: ADMINS, icon: 'clock', path: onTable },
} as const satisfies Record<string, Kind>
