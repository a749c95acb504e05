import { toHiragana as lettersToHiragana, toKatakana as lettersToKatakana } from 'wanakana'
import { isAskingOrGrammar, spellKatakana } from './term.ts'
import { eachTerm } from './terms.ts'

/** A word of a query that may be meant as another one: as it was written, and as the term that was looked for. */
export type Suspect = { written: string; term: string; isKana: boolean }

/** Words in Latin letters or katakana that are long enough to be mistyped: five letters and more, no digits. */
export function suspectsIn(normal: string): Suspect[] {
  const suspects = new Map<string, Suspect>()
  eachTerm(normal, (term, kind, at, length) => {
    const written = normal.slice(at, at + length)
    const isKana = kind === 'katakana'
    if ((isKana || kind === 'latin') && length >= 5 && !/[\d\s]/.test(written)) suspects.set(term, { written, term, isKana })
  })
  return [...suspects.values()].slice(0, mostSuspects)
}

/** One letter more, less or other, or two neighbours exchanged. */
export function isOneEdit(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false
  let start = 0
  while (start < a.length && a[start] === b[start]) start++
  let end = 0
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)]
  if (left.length <= 1 && right.length <= 1) return true
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0]
}

/** Where the other spelling can be: what has one letter more, less or other has the same first or the same last half. */
export function halvesOf(term: string): { head: string; tail: string } {
  const half = Math.floor(term.length / 2)
  return { head: term.slice(0, half), tail: [...term.slice(-half)].reverse().join('') }
}

/** With each two neighbours exchanged. */
export function exchangesOf(term: string): string[] {
  const letters = [...term]
  return letters.slice(1).map((letter, index) => [...letters.slice(0, index), letter, letters[index], ...letters.slice(index + 2)].join(''))
}

/** The corrected word with the ending that the stem had when it was typed. */
export function respell({ written, term }: Suspect, better: string): string {
  return written.startsWith(term) ? better + written.slice(term.length) : better
}

/** What is written in kana where a word may stand in kanji: each hiragana run that follows none, from its beginning, longest first. */
export function kanaWords(normal: string): string[] {
  const words = new Set<string>()
  for (const [run] of normal.matchAll(freeHiragana)) {
    for (let length = Math.min(run.length, longestReading); length >= 3; length--) {
      const word = run.slice(0, length)
      if (!isAskingOrGrammar(word)) words.add(word)
    }
  }
  return [...words]
}

/** A word in Latin letters as it may be meant in kana; undefined where it cannot be. */
export function romajiToKana(word: string): { hiragana: string; katakana: string } | undefined {
  if (!/^[a-z-]{4,24}$/.test(word)) return undefined
  const hiragana = lettersToHiragana(word)
  return /^[\u3041-\u3096\u30fc]{2,}$/.test(hiragana) ? { hiragana, katakana: kanaToKatakana(hiragana) } : undefined
}

/** The katakana word that is read so, in its one spelling. */
export function kanaToKatakana(hiragana: string): string {
  return spellKatakana(lettersToKatakana(hiragana))
}

const mostSuspects = 4
const longestReading = 10
const freeHiragana = /(?<![\p{Script=Han}\u3041-\u3096])[\u3041-\u3096\u30fc]{3,}/gu
