import { stemmer } from 'stemmer'
import askingWords from './asking_words.json' with { type: 'json' }
import stopWords from './english_stop_words.json' with { type: 'json' }
import functionWords from './function_words.json' with { type: 'json' }

/**
 * What a term is made of; the same letters may be found as several kinds, and then weigh the sum.
 * Single kanji and hiragana triples are parts, not words: they begin with `*`, so that they never count as the word of the same letters.
 */
export type TermKind =
  | 'word'
  | 'latin'
  | 'hiragana'
  | 'asking'
  | 'kanji'
  | 'kanjiPair'
  | 'katakana'
  | 'katakanaPair'
  | 'border'
  | 'hiraganaTriple'

/** Takes one term: its letters, its kind and the offset in the normalised text where it starts. */
export type TermFound = (term: string, kind: TermKind, at: number) => void

/** Letters of a term that are kept: longer ones are cut, so that any text stays indexable. */
export const longestTerm = 60

const asking = new Set(askingWords)
const stops = new Set(stopWords)
const functions = new Set(functionWords)
const segmenter = new Intl.Segmenter('ja', { granularity: 'word' })

/** The one spelling of a text that is indexed and searched: width, case, accents, hyphens and long vowel marks made equal. */
export function normalise(text: string): string {
  const folded = text.toWellFormed().normalize('NFKC').toLowerCase()
  if (isAscii.test(folded)) return folded
  return folded
    .replace(invisible, '')
    .replace(accented, letter => letter.normalize('NFD').charAt(0))
    .replace(hyphens, '-')
    .replace(longVowels, '\u30fc')
}

/** Cuts a normalised text into terms, each told to `found` in the order of two walks: words, then runs of one script. */
export function eachTerm(text: string, found: TermFound): void {
  if (!isAscii.test(text)) eachWord(text, found)
  eachRun(text, found)
}

const isAscii = /^[\n\r\t\x20-\x7e]*$/
const invisible = /\p{Default_Ignorable_Code_Point}/gu
const accented = /[\u00c0-\u024f\u1e00-\u1eff]/g
const hyphens = /[\u2010-\u2015\u2212]/g
/** Hyphens, waves and repeated marks after katakana: all one long vowel mark. */
export const longVowels = /(?<=[\u30a1-\u30fa\u30fc])[-~\u301c\u30fc]+/g

const latinOnly = /^[^\u0080-\uffff]+$/
const hiraganaOnly = /^[\p{Script=Hiragana}\u30fc]+$/u
const katakanaOnly = /^[\p{Script=Katakana}\u30fc]+$/u

function eachWord(text: string, found: TermFound): void {
  for (const { segment, index, isWordLike } of segmenter.segment(text)) {
    if (!isWordLike || latinOnly.test(segment)) continue
    const word = katakanaOnly.test(segment) ? withoutFinalMark(segment) : cutTerm(segment)
    const kind = wordKind(word)
    if (kind) found(word, kind, index)
  }
}

function cutTerm(term: string): string {
  return term.length > longestTerm ? term.slice(0, longestTerm).toWellFormed() : term
}

function wordKind(word: string): TermKind | undefined {
  if (asking.has(word)) return 'asking'
  if (!hiraganaOnly.test(word)) return 'word'
  return word.length > 1 && !functions.has(word) ? 'hiragana' : undefined
}

/** A katakana word of four letters or more is the same with and without its last long vowel mark. */
function withoutFinalMark(word: string): string {
  const kept = cutTerm(word)
  return kept.length >= 4 && kept.endsWith('\u30fc') ? kept.slice(0, -1) : kept
}

const runs = /([a-z0-9]+(?:[-'._][a-z0-9]+)*)|(\p{Script=Han}+)|([\u3041-\u3096][\u3041-\u3096\u30fc]*)|([\u30a1-\u30fa\u30fc]+)/gu
const hiragana = /^[\u3041-\u3096]/
const lowSurrogate = /^[\udc00-\udfff]$/

function eachRun(text: string, found: TermFound): void {
  for (const match of text.matchAll(runs)) {
    const [run, latin, kanji, kana] = match
    const at = match.index
    if (latin) eachLatin(run, at, found)
    else if (kana) eachHiragana(run, at, found)
    else {
      if (kanji) eachKanji(run, at, found)
      else eachKatakana(run, at, found)
      eachBorder(text, at + run.length, found)
    }
  }
}

/** The two letters where kanji or katakana end and hiragana begins: the part of a verb that stays when it is inflected. */
function eachBorder(text: string, end: number, found: TermFound): void {
  if (!hiragana.test(text.charAt(end))) return
  const start = end - (lowSurrogate.test(text.charAt(end - 1)) ? 2 : 1)
  found(text.slice(start, end + 1), 'border', start)
}

/** Words written in hiragana alone are cut at random by the segmenter; three letters of them are not. Those of grammar say nothing. */
function eachHiragana(run: string, at: number, found: TermFound): void {
  for (let index = 0; index + 3 <= run.length; index++) {
    const triple = run.slice(index, index + 3)
    if (!isGrammar(triple) && !isGrammar(triple.slice(0, 2)) && !isGrammar(triple.slice(1))) {
      found(`*${triple}`, 'hiraganaTriple', at + index)
    }
  }
}

function isGrammar(letters: string): boolean {
  return functions.has(letters) || asking.has(letters)
}

/** `wi-fi` is found as `wifi` and by its parts. */
function eachLatin(run: string, at: number, found: TermFound): void {
  const parts = run.split(/[-'._]/)
  const whole = parts.join('')
  if (!stops.has(whole)) found(stemmer(cutTerm(whole)), 'latin', at)
  if (parts.length === 1) return
  let offset = at
  for (const part of parts) {
    if (part.length > 1 && !stops.has(part)) found(stemmer(cutTerm(part)), 'latin', offset)
    offset += part.length + 1
  }
}

function eachKanji(run: string, at: number, found: TermFound): void {
  const letters = [...run]
  let offset = at
  letters.forEach((letter, index) => {
    const next = letters[index + 1]
    found(`*${letter}`, 'kanji', offset)
    if (next) found(letter + next, 'kanjiPair', offset)
    offset += letter.length
  })
}

function eachKatakana(run: string, at: number, found: TermFound): void {
  found(withoutFinalMark(run), 'katakana', at)
  if (run.length <= 3) return
  for (let index = 0; index + 1 < run.length; index++) found(run.slice(index, index + 2), 'katakanaPair', at + index)
}
