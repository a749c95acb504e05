import { sql } from 'drizzle-orm'
import badges from '../reputation/badges.json' with { type: 'json' }
import type { Kind } from './kinds.ts'

/** What somebody has become or is given: he alone hears it, from nobody in particular. */
const own = { who: sql`select e.account_id`, once: 'event', group: 'alone', list: 'own', byCompany: true } as const

const saidOfIt = (fixed: boolean) => sql`
  select p.author_id from posts p where p.id = e.post_id and exists (
    select from fixes f where f.post_id = p.id and f.fixed = ${sql.raw(String(fixed))} and f.at > now() - interval '1 day'
      and case when e.actor_id > 0 then f.account_id = e.actor_id else f.account_id is null end)`

const suggester = sql`select author_id from suggested_edits where post_id = e.post_id and outcome is not null order by decided_at desc limit 1`

/** What is told of one's own answers and standing. Who said that an answer failed is nobody's business. */
export const OWN_KINDS = {
  unfixed: { on: ['fix.given'], who: saidOfIt(false), once: 'person', group: 'post', list: 'thanks', icon: 'alert', byCompany: true },
  fixed: { on: ['fix.given'], who: saidOfIt(true), once: 'person', group: 'post', list: 'thanks', icon: 'check-circle', byCompany: true },
  suggested: {
    on: ['edit.suggested'],
    who: sql`select author_id from posts where id = e.post_id`,
    once: 'event',
    group: 'post',
    list: 'talk',
    icon: 'pencil',
    path: ({ postId }: { postId: number | null }) => `/posts/${postId}/suggestions`,
  },
  suggestion_accepted: { on: ['suggestion.accepted'], who: suggester, once: 'event', group: 'alone', list: 'thanks', icon: 'check' },
  suggestion_declined: { on: ['suggestion.declined'], who: suggester, once: 'event', group: 'alone', list: 'talk', icon: 'undo' },
  level: {
    ...own,
    on: ['level.changed'],
    // One that falls is no news to be rung about: it stands on his page, with its reasons.
    who: sql`select account_id from (
      select account_id, before, level from level_decisions where account_id = e.account_id order by id desc limit 1) d where level > before`,
    icon: 'star',
    path: () => '/me',
  },
  badge: {
    ...own,
    on: ['badge.granted'],
    icon: 'award',
    path: () => '/me/badges',
    values: ({ badge }: Record<string, unknown>, locale: 'ja' | 'en') => ({
      name: badges.find(({ key }) => key === badge)?.name[locale] ?? '',
    }),
  },
  certification_decided: { ...own, on: ['certification.decided'], icon: 'badge-check', path: () => '/me/certification' },
  certification_expiring: { ...own, on: ['certification.expiring'], icon: 'clock', path: () => '/me/certification' },
  certification_ended: { ...own, on: ['certification.ended'], icon: 'clock', path: () => '/me/certification' },
  contest: { ...own, on: ['contest.decided'], icon: 'star', path: () => '/me' },
  mentor: { ...own, on: ['mentor.called'], icon: 'hand-helping' },
  company_application: {
    ...own,
    on: ['company.admitted', 'company.declined'],
    who: sql`select applicant_id from companies where id = e.company_id`,
    icon: 'building',
    path: ({ about }: { about: Record<string, unknown> | null }) => `/companies/applications/${about?.companyId}`,
  },
  review: {
    on: ['review.opened'],
    // Nobody judges his own, nor where it is about his company's products. Of heat its moderators are told by itself.
    who: sql`
      select m.account_id from review_items i join boards b on b.id = i.board_id join board_moderators m on m.board_id in (b.id, b.parent_id)
        where i.id = (e.data->>'itemId')::bigint and i.kind <> 'heat' and m.account_id is distinct from i.not_by_id and m.account_id is distinct from i.about_id
          and not exists (select from company_members c where c.account_id = m.account_id and c.company_id = any(i.company_ids) and c.left_at is null)`,
    once: 'event',
    group: 'kind',
    list: 'rules',
    icon: 'shield',
    byCompany: true,
    path: () => '/moderation',
  },
} as const satisfies Record<string, Kind>
