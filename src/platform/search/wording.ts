import { longestQuery } from './query.ts'
import { normalise } from './terms.ts'

/** Of the best rows so many are put in order by wording as well; what comes after them is not like the query at all. */
export const readAgain = 20
/** How many letters of their text are read: what a long one has besides is in it by chance. */
export const lettersRead = 450
/** What standing word for word in a text, and being asked like its title, add to a score at most. Chosen on the tuning halves (docs/decisions/010-search.md). */
export const wordingAtMost = 0.6
export const titleAtMost = 0.4

/**
 * A query's letters three and two in a row, each once. A text that has many of the triples has not only the words but says the same in
 * the same order; a title that shares most of its pairs is the same question.
 */
export function wordingOf(text: string): { triples: string[]; pairs: string[] } {
  const letters = [...normalise(text.slice(0, longestQuery))]
  const inARow = (length: number, apart: RegExp) => {
    const all = letters.slice(length - 1).map((_, at) => letters.slice(at, at + length).join(''))
    return [...new Set(all)].filter(some => !apart.test(some)).slice(0, mostInARow)
  }
  return { triples: inARow(3, unreadable), pairs: inARow(2, apart) }
}

const unreadable = /\p{C}/u
const apart = /[\s\p{C}]/u
const mostInARow = 60
