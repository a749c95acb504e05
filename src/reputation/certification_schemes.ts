import type { Mark } from '../accounts/schema.ts'
import known from './certification_schemes.json' with { type: 'json' }

type Text = { ja: string; en: string }
type Grade = { key: string; name: string; rank: number }

/**
 * A certification the forum knows. Certificates dated outside `from` and `until` are of another scheme. A higher `rank` is the mark
 * that is shown; grades of related schemes share one scale.
 */
export type Scheme = { key: string; name: Text; issuer: Text; from?: string; until?: string; grades: Grade[] }
type Held = { scheme: string; grade: string; edition: number }

/** Every scheme the forum knows, in the order in which they are offered. Another one is another entry of the file. */
export const SCHEMES: readonly Scheme[] = known

/** The scheme and grade of a certificate; undefined for ones the forum does not know (any more). */
export function findGrade(held: Pick<Held, 'scheme' | 'grade'>, schemes = SCHEMES): { scheme: Scheme; grade: Grade } | undefined {
  const scheme = schemes.find(({ key }) => key === held.scheme)
  const grade = scheme?.grades.find(({ key }) => key === held.grade)
  return scheme && grade && { scheme, grade }
}

/** A certificate as it is called: «.com Master ★★». */
export function nameOf(held: Pick<Held, 'scheme' | 'grade'>, schemes = SCHEMES): Text {
  const found = findGrade(held, schemes)
  const full = (locale: 'ja' | 'en') => [found?.scheme.name[locale] ?? held.scheme, found?.grade.name].filter(Boolean).join(' ')
  return { ja: full('ja'), en: full('en') }
}

/** The mark of the highest of these certificates; of equal ones the latest edition. Undefined where there is none. */
export function markOf(standing: Held[], schemes = SCHEMES): Mark | undefined {
  const ranked = standing
    .flatMap(held => {
      const found = findGrade(held, schemes)
      return found ? [{ held, rank: found.grade.rank }] : []
    })
    .sort((a, b) => b.rank - a.rank || b.held.edition - a.held.edition)
  const [best] = ranked
  return best && { name: nameOf(best.held, schemes), year: best.held.edition }
}
