import { type SQL, sql } from 'drizzle-orm'
import type { EventName } from '../events.ts'
import { queuePath } from '../moderation/paths.ts'
import type { Locale } from '../platform/i18n.ts'
import { COMPANY_KINDS } from './company_kinds.ts'
import { DECISION_KINDS } from './decision_kinds.ts'
import { OWN_KINDS } from './own_kinds.ts'
import type { NoticeRow } from './schema.ts'

/** The tabs of the page of notices. */
export const LISTS = ['talk', 'following', 'thanks', 'own', 'rules'] as const
export type List = (typeof LISTS)[number]

export const CHANNELS = ['mail', 'push'] as const
export type Channel = (typeof CHANNELS)[number]

export type Kind = {
  /** The events it follows from. */
  on: EventName[]
  /** Whom it tells: a select of account ids. It knows `followers` (following.ts) and the event as `e` (id, topic_id, post_id, actor_id, account_id, company_id, data). */
  who: SQL
  /** What makes two of them the same: the post, the person who reacted to it, or nothing but the event itself. */
  once: 'post' | 'person' | 'event'
  /** What of it is shown as one line. */
  group: 'topic' | 'post' | 'alone' | 'kind'
  /** It cannot be turned off, and is told even of a topic somebody wants to hear nothing of. */
  always?: true
  list: List
  /** How it reaches somebody besides the bell, unless he said otherwise. */
  also?: readonly Channel[]
  icon: string
  /** Said without a name: done for a company, by the site, or by somebody whose name is nobody's business. */
  byCompany?: boolean
  /** What its sentence says besides who and where, from what the event is about. */
  values?(about: Record<string, unknown>, locale: Locale): Record<string, string>
  /** Where it leads; to its post or topic where nothing is said. */
  path?(notice: NoticeRow): string
}

/**
 * Everything somebody can be told, the weightier first: of one event everybody hears once, by the first kind that concerns him. Its
 * words stand in the locales under `notices.kinds`. How to add one: docs/decisions/021-notices.md.
 */
export const KINDS = {
  ...COMPANY_KINDS,
  ...DECISION_KINDS,
  ...OWN_KINDS,
  best: {
    on: ['best_answer.picked'],
    who: sql`select author_id from posts where id = e.post_id`,
    once: 'person',
    group: 'alone',
    list: 'thanks',
    also: ['mail', 'push'],
    icon: 'award',
  },
  heated: {
    on: ['topic.heated'],
    // Whoever moderates there and works for no company it is about; the operators where nobody does.
    who: sql`
      with moderators as (
        select m.account_id from topics t join boards b on b.id = t.board_id join board_moderators m on m.board_id in (b.id, b.parent_id)
        where t.id = e.topic_id and not exists (
          select from company_members c where c.account_id = m.account_id and c.left_at is null and c.company_id = any(t.company_ids)))
      select account_id from moderators
      union all select a.id from accounts a where a.role = 'operator' and not exists (select from moderators)`,
    once: 'event',
    group: 'topic',
    list: 'talk',
    icon: 'flame',
    path: () => queuePath({ kind: 'heat' }),
  },
  answer: {
    on: ['answer.posted'],
    who: sql`select author_id from topics where id = e.topic_id`,
    once: 'post',
    group: 'topic',
    list: 'talk',
    also: ['mail', 'push'],
    icon: 'message',
  },
  comment: {
    on: ['comment.posted'],
    who: sql`select parents.author_id from posts join posts parents on parents.id = posts.parent_id where posts.id = e.post_id`,
    once: 'post',
    group: 'topic',
    list: 'talk',
    also: ['mail', 'push'],
    icon: 'message-circle',
  },
  quote: {
    on: ['answer.posted', 'comment.posted'],
    // Whoever wrote the quoted line first: who quotes a quotation speaks to its writer.
    who: sql`
      select (select quoted.author_id from posts quoted where quoted.topic_id = p.topic_id and quoted.id < p.id and strpos(quoted.body, line[1]) > 0
        order by quoted.id limit 1)
      from posts p, regexp_matches(p.body, '^>\\s?(\\S.{5,})$', 'gn') line where p.id = e.post_id`,
    once: 'post',
    group: 'topic',
    list: 'talk',
    also: ['mail', 'push'],
    icon: 'quote',
  },
  mention: {
    on: ['topic.asked', 'answer.posted', 'comment.posted', 'post.edited'],
    // The renderer has looked up who exists, and knows code and links from words.
    who: sql`
      select named.id from posts p, regexp_matches(p.body_html, 'class="mention" href="/u/(\\w+)"', 'g') link
      join accounts named on named.handle = link[1] where p.id = e.post_id`,
    once: 'post',
    group: 'topic',
    list: 'talk',
    also: ['mail', 'push'],
    icon: 'reply',
  },
  followed_answer: {
    on: ['answer.posted'],
    who: sql`select account_id from followers where event_id = e.id and wants_answers`,
    once: 'post',
    group: 'topic',
    list: 'following',
    also: ['mail'],
    icon: 'message',
  },
  followed_comment: {
    on: ['comment.posted', 'addendum.added'],
    who: sql`select account_id from followers where event_id = e.id and wants_talk`,
    once: 'event',
    group: 'topic',
    list: 'following',
    also: ['mail'],
    icon: 'message-circle',
  },
  followed_topic: {
    on: ['topic.asked'],
    who: sql`select account_id from followers where event_id = e.id and wants_topics`,
    once: 'post',
    group: 'alone',
    list: 'following',
    also: ['mail'],
    icon: 'circle-help',
  },
  thanks: {
    on: ['reaction.given'],
    who: sql`select author_id from posts where id = e.post_id and e.data->>'kind' = 'thanks'`,
    once: 'person',
    group: 'post',
    list: 'thanks',
    icon: 'heart',
  },
  helpful: {
    on: ['reaction.given'],
    who: sql`select author_id from posts where id = e.post_id and e.data->>'kind' = 'helpful'`,
    once: 'person',
    group: 'post',
    list: 'thanks',
    icon: 'thumbs-up',
  },
  me_too: {
    on: ['reaction.given'],
    who: sql`select author_id from posts where id = e.post_id and e.data->>'kind' = 'me_too'`,
    once: 'person',
    group: 'post',
    list: 'thanks',
    icon: 'hand-helping',
  },
  // What moderators decided: not about a topic, because what they hid is told of too.
  post_hidden: judged('hide', 'eye'),
  mending_asked: judged('ask_to_mend', 'pencil'),
  hold_approved: judged('approve', 'check-circle'),
  hold_rejected: judged('reject', 'pencil'),
  flag_upheld: settledFlag('upheld', 'check-circle'),
  flag_declined: settledFlag('declined', 'info'),
} as const satisfies Record<string, Kind>

function judged(decision: string, icon: string) {
  return ruled('post.judged', 'decision', decision, { icon, path: ({ about }) => `/me/decisions/${Number(about?.itemId)}` })
}

function settledFlag(outcome: string, icon: string) {
  return ruled('flag.settled', 'outcome', outcome, { icon, path: () => '/me/flags' })
}

/** Told to the person in the event, where its `field` says `word`. */
function ruled(event: EventName, field: string, word: string, look: { icon: string; path(notice: NoticeRow): string }) {
  return {
    on: [event],
    who: sql`select e.account_id where e.data->>${sql.raw(`'${field}'`)} = ${sql.raw(`'${word}'`)}`,
    once: 'event' as const,
    group: 'alone' as const,
    list: 'rules' as const,
    ...look,
  }
}

export type KindName = keyof typeof KINDS

/** The kinds by name, as any kind at all. */
export const kinds = Object.entries(KINDS) as [KindName, Kind][]
export const kindOf = (name: string): Kind | undefined => (KINDS as Record<string, Kind>)[name]
