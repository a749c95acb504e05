import { longestQuery } from './query.ts'
import { normalise } from './terms.ts'

/** Of the best rows so many are put in order by wording as well; what comes after them is not like the query at all. */
export const readAgain = 10
/** What standing word for word in a text adds to its score at most. Chosen on the tuning halves (docs/decisions/010-search.md). */
export const wordingAtMost = 0.3

/**
 * Three letters in a row of a query, each once: a text that has many of them has not only the words but says the same in the same order.
 */
export function wordingOf(text: string): string[] {
  const letters = [...normalise(text.slice(0, longestQuery))]
  const triples = letters.slice(2).map((_, at) => letters.slice(at, at + 3).join(''))
  return [...new Set(triples)].filter(triple => !unreadable.test(triple)).slice(0, mostTriples)
}

const unreadable = /\p{C}/u
const mostTriples = 60
