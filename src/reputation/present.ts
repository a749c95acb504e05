import { PRIVILEGES, type Privilege } from '../accounts/policy.ts'
import type { Locale, Translate } from '../platform/i18n.ts'
import { numberText } from '../platform/i18n.ts'
import { postLink } from '../topics/paths.ts'
import type { EntryLine, Sum } from './ledger_queries.ts'
import { type Facts, LEVELS, missingFor } from './level_rules.ts'
import { levelPath, pointsPath } from './paths.ts'
import { RULES } from './rules.ts'
import type { LevelDecision } from './schema.ts'

const signed = (points: number) => (points > 0 ? `+${points}` : `−${Math.abs(points)}`)

/** The table of rules, as everyone may read it. */
export const presentRules = (t: Translate) =>
  RULES.map(({ rule, points, dailyLimit, notFrom }) => ({
    label: t(`points.rules.${rule}`),
    points: signed(points),
    dailyLimit,
    notFrom: notFrom.map(who => t(`points.nobody.${who}`)).join(t('points.and')),
  }))

/** Reasons whose giver is named to who got the points; «helpful» and «me too» are pressed without a name. */
const NAMED = new Set(['thanks_received', 'thanks_given', 'best_received', 'best_picked', 'edit_accepted'])

/** A page of the ledger, day by day. */
export function presentDays(rows: EntryLine[], t: Translate) {
  return [...Map.groupBy(rows, row => jstDay(row.at))].map(([, lines]) => ({
    at: lines[0]?.at,
    lines: lines.map(line => presentEntry(line, t)),
  }))
}

const jstDay = (at: Date) => new Date(at.getTime() + 9 * 3_600_000).toISOString().slice(0, 10)

function presentEntry({ points, rule, kind, at, postId, topic, from, findingId }: EntryLine, t: Translate) {
  const name = from && NAMED.has(rule) && (from.closedAt ? t('people.left') : from.name)
  return {
    at,
    points: signed(points),
    isLoss: points < 0,
    label: t(`points.rules.${rule}`),
    why: kind === 'counted' ? undefined : t(findingId ? 'points.why.finding' : `points.why.${kind}`),
    topicTitle: topic?.title,
    path: topic && postId ? postLink({ id: postId }) : undefined,
    from: name ? t('points.from', { name }) : undefined,
  }
}

/** What somebody's points are made of. */
export const presentSums = (sums: Sum[], locale: Locale, t: Translate) =>
  sums.map(({ rule, points, times }) => ({
    label: t(`points.rules.${rule}`),
    points: numberText(locale, points),
    times: t('points.times', { count: times }),
  }))

/** The levels with their numbers and what each opens, as everyone may read it. */
export const presentLevels = (t: Translate) =>
  LEVELS.map(({ level, needs, keepsFrom }) => ({
    name: levelName(level, t),
    needs: (Object.keys(needs) as (keyof Facts)[])
      .filter(part => needs[part] > 0)
      .map(part => t(`levels.needs.${part}`, { count: needs[part] })),
    keepsFrom: keepsFrom > 0 ? t('levels.keepsFrom', { count: keepsFrom }) : undefined,
    opens: opensAt(level, t),
  }))

const opensAt = (level: number, t: Translate) =>
  (Object.keys(PRIVILEGES) as Privilege[])
    .filter(privilege => PRIVILEGES[privilege] === level)
    .map(privilege => t(`levels.opens.${privilege}`))

/** A level by its number and name. */
export const levelName = (level: number, t: Translate) => t('levels.named', { level, name: t(`levels.names.${level}`) })

/** Points and level beside a person's name, each with the way to its «why». For profiles. */
export function presentStanding(member: { handle: string; points: number; level: number }, locale: Locale, t: Translate) {
  return {
    points: numberText(locale, member.points),
    pointsPath: pointsPath(member),
    level: levelName(member.level, t),
    levelPath: levelPath(member),
  }
}

/** How far it is to the next level, part by part; undefined at the highest. */
export function presentNext({ facts, level }: { facts: Facts; level: number }, t: Translate) {
  const next = LEVELS.find(each => each.level === level + 1)
  if (!next) return undefined
  const missing = new Map(missingFor(next.needs, facts).map(each => [each.part, each.missing]))
  return {
    name: levelName(next.level, t),
    opens: opensAt(next.level, t),
    parts: (Object.keys(next.needs) as (keyof Facts)[])
      .filter(part => next.needs[part] > 0)
      .map(part => ({
        label: t(`levels.parts.${part}`),
        has: facts[part],
        needs: next.needs[part],
        isDone: !missing.has(part),
        text: missing.has(part) ? t('levels.missing', { count: missing.get(part) }) : t('levels.done'),
      })),
  }
}

/** A change of level with who or what decided it. */
export function presentDecision({ before, level, facts, decidedById, reason, at, heldUntil }: LevelDecision, t: Translate) {
  return {
    at,
    change: t(level > before ? 'levels.rose' : 'levels.fell', { before: levelName(before, t), level: levelName(level, t) }),
    by: t(decidedById === null ? 'levels.byNumbers' : 'levels.byOperator'),
    facts: factsText(facts, t),
    reason,
    heldUntil,
  }
}

/** What was looked at, in one line. */
export const factsText = ({ points, helpfulAnswers, bestAnswers, days }: Facts, t: Translate) =>
  t('levels.facts', { points, helpful: helpfulAnswers, best: bestAnswers, days })
