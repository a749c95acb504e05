import { eachTerm, normalise } from '../platform/search/terms.ts'

/** A question as words are counted in it: who asked, whether this week or in the four weeks before, and its words. */
export type Said = { askerId: number; isNow: boolean; words: Iterable<string> }
/** How many people asked with a word this week, and how many a week before, on average. */
export type Rising = { word: string; askers: number; before: number }

const WEEKS_BEFORE = 4
/** Fewer people than this are chance. */
const ENOUGH = 3
const MOST = 20

/**
 * Words more people ask with this week than before: at least three of them and twice as many as in an average week of the four before.
 * Ordered by how far they are above it, in its own spread: (now − before) / √(before + 1).
 */
export function risingIn(questions: Said[]): Rising[] {
  const now = new Map<string, Set<number>>()
  const before = new Map<string, Set<number>>()
  for (const { askerId, isNow, words } of questions) {
    const people = isNow ? now : before
    for (const word of words) people.set(word, (people.get(word) ?? new Set()).add(askerId))
  }
  return [...now]
    .map(([word, people]) => ({ word, askers: people.size, before: (before.get(word)?.size ?? 0) / WEEKS_BEFORE }))
    .filter(({ askers, before }) => askers >= ENOUGH && askers >= 2 * before)
    .sort((a, b) => rise(b) - rise(a) || a.word.localeCompare(b.word))
    .slice(0, MOST)
}

const rise = ({ askers, before }: Rising) => (askers - before) / Math.sqrt(before + 1)

const KINDS: string[] = ['latin', 'katakana', 'kanjiPair']

/**
 * The words of a text as they are written, in small letters: names, model numbers, words in katakana, and words in kanji whole, however long.
 * Verbs and words of grammar are none; they rise with everything.
 */
export function wordsIn(text: string): Set<string> {
  const normal = normalise(text)
  const spans: { from: number; to: number }[] = []
  eachTerm(normal, (_, kind, from, length) => {
    if (KINDS.includes(kind) && !/[\s\u3041-\u3096]/.test(normal.slice(from, from + length))) spans.push({ from, to: from + length })
  })
  const words = new Set<string>()
  let [start, end] = [0, 0]
  const keep = () => {
    const word = normal.slice(start, end)
    if ([...word].length > 1 && /\p{L}/u.test(word)) words.add(word)
  }
  // Pairs of kanji overlap by one: what overlaps is one word.
  for (const { from, to } of spans.sort((a, b) => a.from - b.from || b.to - a.to)) {
    if (from < end) end = Math.max(end, to)
    else {
      keep()
      ;[start, end] = [from, to]
    }
  }
  keep()
  return words
}
