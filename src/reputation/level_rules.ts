/** What a member has done, as the ledger and his account know it. `helpfulAnswers` are answers that brought points from others. */
export type Facts = { points: number; helpfulAnswers: number; bestAnswers: number; days: number }

export type LevelRule = {
  level: number
  /** All of these are needed to reach it. */
  needs: Facts
  /** Below this many points it is lost again. Lower than what it took, so that one withdrawn reaction moves nobody up and down. */
  keepsFrom: number
}

/** The levels, lowest first. The one table of them: the job decides by it, and `/help/levels` shows it to everyone. */
export const LEVELS: LevelRule[] = [
  { level: 0, needs: { points: 0, helpfulAnswers: 0, bestAnswers: 0, days: 0 }, keepsFrom: 0 },
  { level: 1, needs: { points: 10, helpfulAnswers: 0, bestAnswers: 0, days: 0 }, keepsFrom: 5 },
  { level: 2, needs: { points: 100, helpfulAnswers: 5, bestAnswers: 0, days: 7 }, keepsFrom: 80 },
  { level: 3, needs: { points: 300, helpfulAnswers: 15, bestAnswers: 2, days: 30 }, keepsFrom: 240 },
  { level: 4, needs: { points: 1000, helpfulAnswers: 40, bestAnswers: 8, days: 90 }, keepsFrom: 800 },
]

/** The level the published numbers give: the highest that is reached, or the one he has as long as he keeps it. */
export function levelFor(facts: Facts, current: number): number {
  const reached = LEVELS.filter(({ needs }) => missingFor(needs, facts).length === 0).at(-1)?.level ?? 0
  const kept = LEVELS.filter(({ level, keepsFrom }) => level <= current && facts.points >= keepsFrom).at(-1)?.level ?? 0
  return Math.max(reached, kept)
}

/** What is still missing for a level, part by part. */
export function missingFor(needs: Facts, facts: Facts): { part: keyof Facts; has: number; needs: number; missing: number }[] {
  return (Object.keys(needs) as (keyof Facts)[]).flatMap(part =>
    facts[part] < needs[part] ? [{ part, has: facts[part], needs: needs[part], missing: needs[part] - facts[part] }] : [],
  )
}
