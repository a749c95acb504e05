import type { Actor } from '../accounts/actor.ts'
import { boardName } from '../boards/present.ts'
import type { Locale, Translate } from '../platform/i18n.ts'
import { KIND_NAMES, type KindName } from './kind_names.ts'
import { queuePath } from './paths.ts'
import type { QueueLine } from './queue_queries.ts'

const HOUR = 3_600_000
const COUNTED = 100

type Filter = { kind?: string; board?: string; after?: string }

/** A waiting item as a line of the list: what it is, why, where, since when, who has it. */
export function presentLine(row: QueueLine, filter: Filter, chosen: number | undefined, actor: Actor, t: Translate) {
  const at = new Date(row.openedAt)
  return {
    id: row.id,
    path: queuePath(filter, row.id),
    isCurrent: row.id === chosen,
    kind: kindLabel(row.kind, row.facts, t),
    isWarm: row.kind === 'heat',
    why: whyOf(row.facts, t),
    isGrave: row.tier === 1,
    board: boardOf(row, actor.preferences.locale),
    title: titleOf(row, t),
    signals: row.kind === 'flag' ? t('moderation.queue.flags', { count: row.signals }) : undefined,
    about: row.aboutName,
    at,
    alarm: row.decidedAt ? undefined : alarmOf(at, t),
    lease: presentLease(row, actor, t),
    decided: row.decision ? t(`moderation.decisions.${row.decision}`) : undefined,
    decidedBy: row.decidedBy,
    decidedAt: row.decidedAt ? new Date(row.decidedAt) : undefined,
    isUndone: row.undoneAt !== null,
  }
}

/** What an item is called, with how hot a heated topic is. */
export function kindLabel(kind: string, facts: Record<string, unknown>, t: Translate): string {
  const label = t(`moderation.kinds.${kind}`)
  return typeof facts.heat === 'number' ? `${label} ${Math.round(facts.heat)}` : label
}

/** Why it waits, in words: `facts.reason`, and every one of `facts.reasons`. */
export function whyOf(facts: Record<string, unknown>, t: Translate): string[] {
  const words = [facts.reason, ...(Array.isArray(facts.reasons) ? facts.reasons : [])]
  return [...new Set(words.filter(word => typeof word === 'string'))].map(word => t(`moderation.why.${word}`))
}

export const titleOf = ({ title, subject, aboutName }: Pick<QueueLine, 'title' | 'subject' | 'aboutName'>, t: Translate) =>
  title ?? t(`moderation.about.${subject}`, { name: aboutName ?? '' })

const boardOf = ({ boardSlug, nameJa, nameEn }: QueueLine, locale: Locale) =>
  boardSlug && nameJa ? boardName({ nameJa, nameEn: nameEn ?? '' }, locale) : undefined

/** What waits too long says so: after a day, and louder after two. */
export function alarmOf(at: Date, t: Translate, now = Date.now()) {
  const hours = (now - at.getTime()) / HOUR
  if (hours < 24) return undefined
  return { label: t('moderation.queue.waits', { hours: hours < 48 ? 24 : 48 }), isLate: hours >= 48 }
}

type Leased = { id: number; takenById: number | null; takenUntil: Date | string | null; takenBy: string | null }

/** Who has an item just now, and for how long still. */
export function presentLease({ id, takenById, takenUntil, takenBy }: Leased, actor: Actor, t: Translate, now = Date.now()) {
  const until = takenUntil ? new Date(takenUntil) : undefined
  if (!until || until.getTime() <= now) return { id, isFree: true, text: '' }
  const seconds = Math.ceil((until.getTime() - now) / 1000)
  const isOwn = takenById === actor.id
  const left = { minutes: Math.floor(seconds / 60), seconds: seconds % 60 }
  return {
    id,
    isFree: false,
    isOwn,
    until: until.toISOString(),
    text: isOwn ? t('moderation.lease.own', left) : t('moderation.lease.other', { name: takenBy ?? '', ...left }),
    pattern: isOwn ? t('moderation.lease.own', PATTERN) : t('moderation.lease.other', { name: takenBy ?? '', ...PATTERN }),
  }
}

/** Where a script puts what is left. */
const PATTERN = { minutes: '#m', seconds: '#s' }

/** The kinds as chips above the list, with how many of each wait. */
export function presentKinds(counts: Map<KindName, number>, filter: Filter, t: Translate) {
  const shown = (count: number) => (count >= COUNTED ? `${COUNTED - 1}+` : String(count))
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  const many = [...counts.values()].some(count => count >= COUNTED)
  const all = {
    label: t('moderation.queue.all'),
    count: many ? `${total}+` : String(total),
    path: queuePath({ board: filter.board }),
    isCurrent: !filter.kind,
  }
  const kinds = KIND_NAMES.filter(kind => (counts.get(kind) ?? 0) > 0 || kind === filter.kind).map(kind => ({
    label: t(`moderation.kinds.${kind}`),
    count: shown(counts.get(kind) ?? 0),
    path: queuePath({ kind, board: filter.board }),
    isCurrent: kind === filter.kind,
    isWarm: kind === 'heat',
  }))
  return [all, ...kinds]
}
