import type { FixTallies, FixTally } from '../topics/fixed.ts'

const NOBODY: FixTally = { fixed: 0, failed: 0, guestFixed: 0, guestFailed: 0 }
/** So many guests weigh as much as one member: nobody knows whether they are different people. */
const GUESTS_A_MEMBER = 4
/** Below so many voices they say nothing yet. */
export const ENOUGH = 5
/** The newest voices that may overrule all earlier ones, and how many of them have to. */
export const NEWEST = 10
const MOST_OF_NEWEST = 6
/** Failures after which a company is told, when they are a third of all voices: sooner than readers are warned. */
const ALARMING = 3

/** What one reader says, where it is counted. */
export type Voice = { isMember: boolean; fixed: boolean; versionId: number | null }

/** Tallies with one voice more (`by` 1) or less (-1). Scores are left for `scored`. */
export function tallied(tallies: FixTallies, voice: Voice, by: 1 | -1): FixTallies {
  const column = voice.isMember ? (voice.fixed ? 'fixed' : 'failed') : voice.fixed ? 'guestFixed' : 'guestFailed'
  const keys = ['all', ...(voice.versionId ? [String(voice.versionId)] : [])]
  const changed = keys.map(key => {
    const tally = tallies[key] ?? NOBODY
    return [key, { ...tally, [column]: tally[column] + by }] as const
  })
  const all = Object.entries({ ...tallies, ...Object.fromEntries(changed) })
  return Object.fromEntries(all.filter(([, tally]) => voicesIn(tally) > 0))
}

/** Tallies with their scores; `newest` are the newest voices of all, the newest first. */
export const scored = (tallies: FixTallies, newest: readonly boolean[]): FixTallies =>
  Object.fromEntries(
    Object.entries(tallies).map(([key, tally]) => [key, { ...tally, score: key === 'all' && hasTurned(newest) ? -1 : scoreOf(tally) }]),
  )

/** Whether what helped long ago does so no longer: most of the newest voices say that it does not. */
export const hasTurned = (newest: readonly boolean[]) =>
  newest.length >= NEWEST && newest.slice(0, NEWEST).filter(fixed => !fixed).length >= MOST_OF_NEWEST

/**
 * What an answer is put in order by: nothing while too few spoke, -1 when it failed more often than not, 0 when opinions differ, and for one that
 * works for two in three a number up to 1000, the share of readers it can be expected to help (the lower end of Wilson's interval at
 * 95 %, 1927: three of three count for less than sixty of seventy).
 */
export function scoreOf(tally: FixTally): number | undefined {
  const { fixed, failed } = weighed(tally)
  const voices = fixed + failed
  if (voices < ENOUGH) return undefined
  if (failed > fixed) return -1
  return fixed >= 2 * failed ? Math.max(1, Math.floor(lowerBound(fixed / voices, voices) * 1000)) : 0
}

function lowerBound(share: number, voices: number): number {
  const z = 1.96
  const spread = z * Math.sqrt((share * (1 - share)) / voices + (z * z) / (4 * voices * voices))
  return (share + (z * z) / (2 * voices) - spread) / (1 + (z * z) / voices)
}

/** Voices as they count for the order of answers: members whole, guests a quarter. */
export const weighed = ({ fixed, failed, guestFixed, guestFailed }: FixTally) => ({
  fixed: fixed + Math.floor(guestFixed / GUESTS_A_MEMBER),
  failed: failed + Math.floor(guestFailed / GUESTS_A_MEMBER),
})

const voicesIn = ({ fixed, failed, guestFixed, guestFailed }: FixTally) => fixed + failed + guestFixed + guestFailed

/** Where an answer begins to fail (`all`, or ids of versions) that did not before. Everybody counts whole here: a look costs little. */
export function newlyFailing(before: FixTallies, after: FixTallies): string[] {
  return Object.keys(after).filter(key => isAlarming(after[key]) && !isAlarming(before[key]))
}

const isAlarming = (tally = NOBODY) => {
  const failed = tally.failed + tally.guestFailed
  return (tally.score ?? 0) < 0 || (failed >= ALARMING && failed * 3 >= voicesIn(tally))
}
