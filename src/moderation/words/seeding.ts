import type { Word } from './matching.ts'
import seed from './seed.json' with { type: 'json' }

type Group = Pick<Word, 'kind' | 'weight' | 'action' | 'language'> & { exact?: boolean; aimed?: boolean; words: (string | string[])[] }

/** The words a new forum begins with, each with the longer words in which it means nothing. */
export const seedWords: Omit<Word, 'id'>[] = (seed as Group[]).flatMap(({ words, exact = false, aimed = false, ...group }) =>
  words.map(each => {
    const [word = '', ...exceptions] = [each].flat()
    return { word, exceptions, exact, aimed, boardId: null, ...group }
  }),
)
