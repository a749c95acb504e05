/** How often somebody's flags were upheld and declined. */
export type FlagRecord = { upheld: number; declined: number }

/** Flags on one post whose weights add up to this let it be looked at a tier earlier. */
export const RAISING_WEIGHT = 300

/**
 * What a flag weighs, in hundredths: 100 for somebody nobody knows yet, up to 200 for one who was always right, down to 20 for one who
 * never was. Laplace's rule of succession with two flags of each kind given in advance, so that nobody's first ones decide it.
 */
export function weightOf({ upheld, declined }: FlagRecord): number {
  const right = (upheld + 2) / (upheld + declined + 4)
  return Math.max(20, Math.min(200, Math.round(right * 200)))
}
