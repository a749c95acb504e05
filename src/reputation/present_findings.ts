import type { Translate } from '../platform/i18n.ts'
import type { Suspect } from './abuse/finding_queries.ts'
import { pointsPath } from './paths.ts'
import type { Finding } from './schema.ts'

type Pair = { from: number; to: number; count: number }

/** A finding with its members and, in words, what speaks for it. */
export function presentFinding(finding: Finding, people: Map<number, Suspect>, t: Translate) {
  const nameOf = (id: number) => people.get(id)?.name || t('people.left')
  return {
    id: finding.id,
    path: `/admin/findings/${finding.id}`,
    kind: t(`findings.kinds.${finding.kind}`),
    why: evidenceOf(finding, nameOf, t),
    members: finding.memberIds.map(id => ({
      name: nameOf(id),
      path: people.get(id) && pointsPath(people.get(id) as Suspect),
      points: people.get(id)?.points ?? 0,
    })),
    pairs: pairsOf(finding).map(({ from, to, count }) => t('findings.pair', { from: nameOf(from), to: nameOf(to), count })),
    foundAt: finding.foundAt,
    outcome: finding.outcome && t(`findings.outcome_${finding.outcome}`),
    isOpen: finding.decidedAt === null,
    isConfirmed: finding.outcome === 'confirmed',
    reason: finding.reason,
    decidedAt: finding.decidedAt,
  }
}

const pairsOf = ({ evidence }: Finding): Pair[] => ((evidence.pairs ?? []) as Pair[]).toSorted((a, b) => b.count - a.count).slice(0, 100)

/** The figures behind a finding, a sentence each. */
function evidenceOf({ kind, evidence }: Finding, nameOf: (id: number) => string, t: Translate): string[] {
  const number = (name: string) => Number(evidence[name] ?? 0)
  const percent = (name: string) => Math.round(number(name) * 100)
  if (kind === 'ring' || kind === 'pair')
    return [
      t('findings.why.inside', { percent: percent('inside'), count: number('reactions') }),
      t('findings.why.coverage', { percent: percent('coverage') }),
      t('findings.why.mutual', { percent: percent('mutual') }),
      t('findings.why.received', { percent: percent('receivedInside') }),
    ]
  if (kind === 'burst')
    return [t('findings.why.burst', { from: nameOf(number('from')), count: number('count'), seconds: number('seconds') })]
  return [
    ...(number('devices') > 0 ? [t('findings.why.devices', { count: number('days') })] : []),
    ...(number('addresses') > 0 ? [t('findings.why.addresses', { count: number('days') })] : []),
    t('findings.why.between', { count: number('reactions'), best: number('best') }),
  ]
}
