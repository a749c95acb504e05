import AhoCorasick from 'modern-ahocorasick'
import { foldText } from '../../platform/search/fold.ts'
import { type Bare, bareText } from './fold.ts'
import type { WordRow } from './schema.ts'

/** A word of a list as it is looked for. */
export type Word = Pick<WordRow, 'id' | 'word' | 'exceptions' | 'exact' | 'aimed' | 'language' | 'boardId' | 'kind' | 'weight' | 'action'>

/** Where a word of a list stands in a text: from `start` to `end` of the original. */
export type FoundWord = { word: Word; start: number; end: number }
export type ReadyWords = { size: number; find(text: string, boardIds?: readonly number[]): FoundWord[] }

type Pattern = {
  word: Word
  letters: string
  runs: number[]
  gaps: boolean[]
  /** Written with a long vowel: without one it is another word. */
  isLong: boolean
  open: [boolean, boolean]
  literal: string
  exceptions: string[]
}

/**
 * Makes lists of words ready to be looked for, all in one walk through a text (Aho-Corasick). `*` at an end of a word lets it be a part of
 * a longer one there. `find` gives what stands in a text, longest first where words overlap, each place once; words of a board count in
 * that board alone.
 */
export function readyWords(words: readonly Word[]): ReadyWords {
  const patterns = words.map(patternOf).filter(({ letters }) => letters)
  const automaton = patterns.length > 0 && new AhoCorasick(patterns.map(data => ({ pattern: data.letters, data })))
  return {
    size: words.length,
    find(whole, boardIds = []) {
      if (!automaton) return []
      const text = whole.slice(0, MOST_LETTERS)
      const isJapanese = japanese.test(text)
      const counts = ({ word }: Pattern) =>
        (word.boardId === null || boardIds.includes(word.boardId)) && (word.language === 'any' || (word.language === 'ja') === isJapanese)
      const found = readings(text).flatMap(bare => hitsIn(automaton, bare, text, counts))
      return withoutCovered(found, text)
    },
  }
}

/** No post is longer. */
const MOST_LETTERS = 32 * 1024
/** What draws a vowel out: a mark, or a small vowel. */
const LONG = /[\u30fc\u301c~\u3041\u3043\u3045\u3047\u3049\u30a1\u30a3\u30a5\u30a7\u30a9]/
const japanese = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u

/** The text as it stands, and as it reads with signs for letters where there are any. */
function readings(text: string): Bare[] {
  const bare = bareText(text)
  if (!/[a-z][0-9@$!|]|[0-9@$!|][a-z]/.test(bare.folded)) return [bare]
  return [bare, bareText(text, { leet: true })]
}

function patternOf(word: Word): Pattern {
  const open: [boolean, boolean] = [word.word.startsWith('*'), word.word.endsWith('*')]
  const literal = word.word.replace(/^\*|\*$/g, '')
  const { letters, runs, gaps } = bareText(literal)
  return {
    word,
    letters,
    runs,
    gaps: gaps.map(Boolean),
    isLong: LONG.test(foldText(literal).folded),
    open,
    literal: literal.normalize('NFKC'),
    exceptions: word.exceptions.map(each => foldText(each).folded),
  }
}

function hitsIn(automaton: AhoCorasick<Pattern>, bare: Bare, text: string, counts: (pattern: Pattern) => boolean): FoundWord[] {
  const borders = bordersOf(bare.folded)
  return automaton.search(bare.letters).flatMap(({ data: pattern, start: first, end }) => {
    if (!pattern || !counts(pattern) || !standsAt(pattern, bare, first, end - 1, borders) || isExcepted(pattern, bare, first, end - 1))
      return []
    if (pattern.isLong && !LONG.test(bare.folded.slice(bare.at[first], bare.at[end]))) return []
    const [from, to] = [bare.starts[first] ?? 0, bare.ends[end - 1] ?? 0]
    if (pattern.word.exact && text.slice(from, to).normalize('NFKC') !== pattern.literal) return []
    return [{ word: pattern.word, start: from, end: to }]
  })
}

/** Whether a word stands there as a word: each letter as often as it needs, put apart only as people do who hide a word, and not inside another. */
function standsAt({ runs, gaps, open }: Pattern, bare: Bare, first: number, last: number, borders: () => Set<number>): boolean {
  const inside: number[] = []
  for (let place = first; place <= last; place++) {
    const own = place - first
    if ((bare.runs[place] ?? 1) < (runs[own] ?? 1)) return false
    if (place > first && bare.gaps[place] && !gaps[own]) inside.push(place)
  }
  if (inside.length === 0) return (open[0] || beginsAt(bare, first, borders)) && (open[1] || endsAt(bare, last, borders))
  const isLatin = scriptAt(bare, first) === 'latin'
  // "push it" is two words: Latin letters are put apart one by one, or by marks alone.
  if (isLatin && inside.length < last - first && inside.some(place => bare.gaps[place] === 2)) return false
  return isAlone(bare, first, first - 1, first) && isAlone(bare, last, last + 1, last + 1)
}

/** A word that was put apart has nothing of its own script right beside it. */
const isAlone = (bare: Bare, letter: number, beside: number, gap: number) =>
  beside < 0 || beside >= bare.letters.length || Boolean(bare.gaps[gap]) || scriptAt(bare, beside) !== scriptAt(bare, letter)

function beginsAt(bare: Bare, first: number, borders: () => Set<number>): boolean {
  if (first === 0 || bare.gaps[first]) return true
  const [own, before] = [scriptAt(bare, first), scriptAt(bare, first - 1)]
  if (own === 'latin' || own === 'katakana') return before !== own
  if (own !== before && !(own === 'hiragana' && before === 'kanji')) return true
  return borders().has(bare.at[first] ?? 0)
}

function endsAt(bare: Bare, last: number, borders: () => Set<number>): boolean {
  const next = last + 1
  if (next >= bare.letters.length || bare.gaps[next]) return true
  const [own, after] = [scriptAt(bare, last), scriptAt(bare, next)]
  if (own === 'latin' || own === 'katakana' || own !== after) return after !== own
  return borders().has(bare.at[next] ?? 0)
}

/** Whether the word is here a part of one of its exceptions (a longer word in which it means nothing), in the kana it is written in. */
function isExcepted({ exceptions }: Pattern, { folded, at }: Bare, first: number, last: number): boolean {
  const [from, to] = [at[first] ?? 0, (at[last] ?? 0) + 1]
  return exceptions.some(exception => {
    for (let place = Math.max(0, to - exception.length); place <= from; place++) if (folded.startsWith(exception, place)) return true
    return false
  })
}

type Script = 'hiragana' | 'katakana' | 'kanji' | 'latin' | 'other'

function scriptAt({ folded, at }: Bare, place: number): Script {
  const letter = folded.charAt(at[place] ?? 0)
  if (/[\u3041-\u309f]/.test(letter)) return 'hiragana'
  if (/[\u30a0-\u30ff]/.test(letter)) return 'katakana'
  if (/[\p{Script=Han}]/u.test(letter)) return 'kanji'
  return /[\p{L}\p{N}]/u.test(letter) ? 'latin' : 'other'
}

const segmenter = new Intl.Segmenter('ja', { granularity: 'word' })

/** Where words begin and end in a text, found when somebody first asks: most texts hold nothing that needs it. */
function bordersOf(folded: string): () => Set<number> {
  let borders: Set<number> | undefined
  return () => {
    borders ??= new Set([...segmenter.segment(folded)].map(({ index }) => index))
    return borders
  }
}

/** Of words that overlap the longest, and of the same place the hardest. */
function withoutCovered(found: FoundWord[], text: string): FoundWord[] {
  const ordered = found.toSorted((a, b) => b.end - b.start - (a.end - a.start) || b.word.weight - a.word.weight || a.start - b.start)
  // What is kept is at least as long as what comes after it: whoever overlaps it has his first or his last letter in it.
  const covered = new Uint8Array(text.length)
  const kept = ordered.filter(({ start, end }) => {
    if (covered[start] || covered[end - 1]) return false
    covered.fill(1, start, end)
    return true
  })
  return kept.sort((a, b) => a.start - b.start)
}
