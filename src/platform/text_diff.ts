import { diffArrays } from 'diff'

export type DiffPart = { kind: 'same' | 'added' | 'removed'; text: string }

// Myers' algorithm takes the square of the number of edits: this many cost some 40 ms, and no reader follows more.
const MOST_EDITS = 600

const WORDS = new Intl.Segmenter('ja', { granularity: 'word' })

/**
 * What changed between two versions of a text, word by word (Japanese too). Texts too different for that are compared
 * line by line, and as a last resort as wholes. The parts that are not `added` join to `before`, those not `removed` to `after`.
 */
export function wordDiff(before: string, after: string): DiffPart[] {
  return differences(wordsOf(before), wordsOf(after)) ?? differences(linesOf(before), linesOf(after)) ?? replaced(before, after)
}

function differences(before: string[], after: string[]): DiffPart[] | undefined {
  const changes = diffArrays(before, after, { maxEditLength: MOST_EDITS })
  return changes?.map(({ added, removed, value }) => ({ kind: added ? 'added' : removed ? 'removed' : 'same', text: value.join('') }))
}

function wordsOf(text: string): string[] {
  return Array.from(WORDS.segment(text), ({ segment }) => segment)
}

function linesOf(text: string): string[] {
  return text.split(/(?<=\n)/)
}

function replaced(before: string, after: string): DiffPart[] {
  return [
    { kind: 'removed', text: before },
    { kind: 'added', text: after },
  ]
}
