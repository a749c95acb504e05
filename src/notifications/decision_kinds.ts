import { sql } from 'drizzle-orm'
import type { Kind } from './kinds.ts'
import type { NoticeRow } from './schema.ts'

const toTakedown = ({ about }: NoticeRow) => `/me/takedowns/${Number(about?.takedownId)}`

/** A poster who was never asked hears of a request only when something became of his post. */
const SEES_TAKEDOWN = sql`
  select e.account_id from takedowns k where k.id = (e.data->>'takedownId')::bigint and (k.asked_at is not null or k.outcome = 'removed')`

/** What was decided about somebody: he alone hears it, nobody who decided is named, and it leads to where the reasons stand. */
const decided = {
  who: sql`select e.account_id`,
  once: 'event',
  group: 'alone',
  list: 'rules',
  always: true,
  path: () => '/me/standing',
} as const

/** What became of somebody's topic, where it stands now; who did it is nobody's business. */
const tended = { once: 'event', group: 'alone', list: 'rules', byCompany: true } as const

/** What moderators decided. */
export const DECISION_KINDS = {
  moved: { ...tended, on: ['topic.moved'], icon: 'chevron-right', who: sql`select author_id from topics where id = e.topic_id` },
  merged: { ...tended, on: ['topic.merged'], icon: 'link', who: sql`select author_id from topics where id = (e.data->>'fromId')::bigint` },
  split: { ...tended, on: ['topic.split'], icon: 'share', who: sql`select author_id from topics where id = (e.data->>'newId')::bigint` },
  sanction: { ...decided, on: ['sanction.given'], icon: 'flag' },
  sanction_over: { ...decided, on: ['sanction.lifted', 'sanction.ended'], icon: 'check-circle' },
  takedown_view: { ...decided, on: ['takedown.asked'], icon: 'alert', path: toTakedown },
  takedown_result: { ...decided, on: ['takedown.decided'], icon: 'info', who: SEES_TAKEDOWN, path: toTakedown },
  care: { ...decided, on: ['care.settled'], icon: 'hand-helping', path: () => '/me/care' },
  appeal: { ...decided, on: ['appeal.decided'], icon: 'flag' },
} as const satisfies Record<string, Kind>
