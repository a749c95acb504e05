/** What is assumed where nothing can be counted: shares in percent, the cost of a contact in yen. Null: as readers say, and unknown. */
export type Assumptions = { wouldAsk: number; isHelped: number | null; elsewhere: number; cost: number | null }
export type Deflection = {
  stayed: number
  isHelped: number
  /** Whether the share comes from what readers said, or is assumed. */
  isMeasured: boolean
  helped: number
  wouldHaveAsked: number
  contacts: number
  money: number | null
}

/** Fewer readers than this say nothing yet of whether answers help. */
const ENOUGH_VOICES = 20
/** Assumed until enough readers have spoken. */
const HELPED = 60

/**
 * How many contacts with the company the forum made unnecessary: readers of a solved answer who asked nothing within a day × share it
 * helped × share who would have contacted the company otherwise × share who did not contact it elsewhere all the same. An estimate: the
 * first number is counted, the shares are the company's own assumptions, but for the second, which is what readers say once twenty have.
 */
export function deflectionOf(stayed: number, { fixed, failed }: { fixed: number; failed: number }, assumed: Assumptions): Deflection {
  const isMeasured = assumed.isHelped === null && fixed + failed >= ENOUGH_VOICES
  const isHelped = assumed.isHelped ?? (isMeasured ? Math.round((100 * fixed) / (fixed + failed)) : HELPED)
  const helped = (stayed * isHelped) / 100
  const wouldHaveAsked = (helped * assumed.wouldAsk) / 100
  const contacts = Math.round((wouldHaveAsked * (100 - assumed.elsewhere)) / 100)
  return {
    stayed,
    isHelped,
    isMeasured,
    helped: Math.round(helped),
    wouldHaveAsked: Math.round(wouldHaveAsked),
    contacts,
    money: assumed.cost === null ? null : contacts * assumed.cost,
  }
}
