/** What readers said of one answer, members and guests apart; `score` is what it is put in order by, once enough of them spoke. */
export type FixTally = { fixed: number; failed: number; guestFixed: number; guestFailed: number; score?: number }

/** What readers said of an answer altogether (`all`), and by the version they have (its id). */
export type FixTallies = Record<string, FixTally>
