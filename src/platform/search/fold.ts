import { longVowels, normalise } from './terms.ts'

/** A normalised text that remembers where each of its letters came from in the original. */
export type FoldedText = { folded: string; starts: number[]; ends: number[] }

/** Normalises letter by letter, so that a match in the normalised text can be marked in the original. */
export function foldText(text: string): FoldedText {
  let folded = ''
  const starts: number[] = []
  const ends: number[] = []
  for (const { 0: cluster, index, 1: plain } of text.matchAll(clusters)) {
    const letters = plain ?? normalise(cluster)
    folded += letters
    for (let count = 0; count < letters.length; count++) {
      starts.push(plain ? index + count : index)
      ends.push(plain ? index + count + 1 : index + cluster.length)
    }
  }
  return joinLongVowels({ folded, starts, ends })
}

/** Letters that are normal already; else what becomes one: half-width kana with its voice mark, a letter with its accents, a character. */
const clusters =
  /([\x20-\x40\x5b-\x7e\u3001-\u301b\u3041-\u3061\u3063-\u3064\u3066-\u308f\u3092-\u3094\u30a1-\u30c1\u30c3-\u30c4\u30c6-\u30ef\u30f3-\u30fc\u4e00-\u9fff]+(?!\p{M}))|[\uff66-\uff9d][\uff9e\uff9f]|\P{M}\p{M}+|[\s\S]/gu

function joinLongVowels({ folded, starts, ends }: FoldedText): FoldedText {
  const joined: FoldedText = { folded: '', starts: [], ends: [] }
  let place = 0
  const copyUntil = (end: number) => {
    joined.folded += folded.slice(place, end)
    joined.starts.push(...starts.slice(place, end))
    joined.ends.push(...ends.slice(place, end))
  }
  for (const { 0: marks, index } of folded.matchAll(longVowels)) {
    copyUntil(index)
    place = index + marks.length
    joined.folded += '\u30fc'
    joined.starts.push(starts[index] ?? 0)
    joined.ends.push(ends[place - 1] ?? 0)
  }
  copyUntil(folded.length)
  return joined
}
