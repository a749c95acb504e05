import oldKanaLetters from './old_kana.json' with { type: 'json' }
import { eachRun } from './runs.ts'
import type { TermFound, TermKind } from './term.ts'
import { eachWord } from './words.ts'

/** The one spelling of a text that is indexed and searched: width, case, accents, hyphens and long vowel marks made equal. */
export function normalise(text: string): string {
  const folded = text.toWellFormed().normalize('NFKC').toLowerCase()
  if (isAscii.test(folded)) return folded
  return folded
    .replace(invisible, '')
    .replace(accented, letter => letter.normalize('NFD').charAt(0))
    .replace(oldKana, letter => newKana[letter] ?? letter)
    .replace(hyphens, '-')
    .replace(longVowels, '\u30fc')
}

/** Cuts a normalised text into terms, each told to `found` in the order of two walks: words, then runs of one script. */
export function eachTerm(text: string, found: TermFound): void {
  if (!isAscii.test(text)) eachWord(text, found)
  eachRun(text, found)
}

/** The terms of a text that are of one of these kinds. */
export function anyKind(text: string, kinds: readonly TermKind[]): string[] {
  const terms = new Set<string>()
  eachTerm(normalise(text), (term, kind) => {
    if (kinds.includes(kind)) terms.add(term)
  })
  return [...terms]
}

const isAscii = /^[\n\r\t\x20-\x7e]*$/
const invisible = /\p{Default_Ignorable_Code_Point}/gu
const accented = /[\u00c0-\u024f\u1e00-\u1eff]/g
const newKana: Record<string, string> = oldKanaLetters
const oldKana = new RegExp(`[${Object.keys(newKana).join('')}]`, 'g')
const hyphens = /[\u2010-\u2015\u2212]/g
/** Hyphens, waves and repeated marks after katakana: all one long vowel mark. */
export const longVowels = /(?<=[\u30a1-\u30fa\u30fc])[-~\u301c\u30fc]+/g
