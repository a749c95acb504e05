import { stemmer } from 'stemmer'
import askingWords from './asking_words.json' with { type: 'json' }
import stopWords from './english_stop_words.json' with { type: 'json' }
import errorWords from './error_words.json' with { type: 'json' }
import functionWords from './function_words.json' with { type: 'json' }
import oldKanaLetters from './old_kana.json' with { type: 'json' }

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
  | 'kana'

/** Takes one term: its letters, its kind, where it starts in the normalised text, and how many letters it takes there. */
export type TermFound = (term: string, kind: TermKind, at: number, length: number) => void

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

const latinOnly = /^[^\u0080-\uffff]+$/
const hiraganaOnly = /^[\p{Script=Hiragana}\u30fc]+$/u
const kanaOnly = /^[\u3041-\u3096\u30a1-\u30fa\u30fc]+$/
const katakanaLetters = /[\u30a1-\u30f6]/g
const katakanaOnly = /^[\p{Script=Katakana}\u30fc]+$/u

function eachWord(text: string, found: TermFound): void {
  for (const { segment, index, isWordLike } of segmenter.segment(text)) {
    if (!isWordLike || latinOnly.test(segment)) continue
    const word = katakanaOnly.test(segment) ? spellKatakana(segment) : cutTerm(segment)
    const kind = wordKind(word)
    if (!kind) continue
    found(word, kind, index, segment.length)
    if (kind !== 'asking' && word.length > 1 && kanaOnly.test(word)) found(kanaTerm(word), 'kana', index, segment.length)
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

/** Words in kana once more as they sound: some write them in hiragana and some in katakana. */
function kanaTerm(word: string): string {
  const sound = word.replace(katakanaLetters, letter => String.fromCharCode(letter.charCodeAt(0) - 0x60))
  return `~${sound.length >= 4 ? sound.replace(/\u30fc$/, '') : sound}`
}

/** The one spelling of a katakana word: [v] is [b], small vowels after [u] are large; from four letters on no last long vowel mark. */
export function spellKatakana(word: string): string {
  const spelled = cutTerm(word)
    .replace(/\u30f4([\u30a1\u30a3\u30a7\u30a9]?)/g, (_, vowel) => spelledVu[vowel] ?? '\u30d6')
    .replace(/(?<=\u30a6)[\u30a1\u30a3\u30a7\u30a9]/g, small => String.fromCharCode(small.charCodeAt(0) + 1))
    .replace(/(?<=\u30a4)\u30e4/g, '\u30a2')
  return spelled.length >= 4 && spelled.endsWith('\u30fc') ? spelled.slice(0, -1) : spelled
}

const spelledVu: Record<string, string> = { '\u30a1': '\u30d0', '\u30a3': '\u30d3', '\u30a7': '\u30d9', '\u30a9': '\u30dc' }

const runs = /([a-z0-9]+(?:[-'._][a-z0-9]+)*)|(\p{Script=Han}+)|([\u3041-\u3096][\u3041-\u3096\u30fc]*)|([\u30a1-\u30fa\u30fc]+)/gu
const hiragana = /^[\u3041-\u3096]/
const lowSurrogate = /^[\udc00-\udfff]$/

function eachRun(text: string, found: TermFound): void {
  let last: Run | undefined
  for (const match of text.matchAll(runs)) {
    const [letters, latin, kanji, kana] = match
    const run = { letters, at: match.index, isKanji: Boolean(kanji) }
    if (latin) eachLatin(letters, run.at, text, found)
    else if (kana) eachHiragana(letters, run.at, found)
    else {
      if (kanji) eachKanji(letters, run.at, found)
      else eachKatakana(letters, run.at, found)
      eachBorder(text, run.at + letters.length, found)
    }
    if (last?.isKanji && run.isKanji) eachSkeleton(text, last, run, found)
    if (!kana) last = run
  }
}

type Run = { letters: string; at: number; isKanji: boolean }

/** The two letters where kanji or katakana end and hiragana begins: the part of a verb that stays when it is inflected. */
function eachBorder(text: string, end: number, found: TermFound): void {
  if (!hiragana.test(text.charAt(end))) return
  const start = lastLetterOf(text, end)
  found(text.slice(start, end + 1), 'border', start, end + 1 - start)
}

function lastLetterOf(text: string, end: number): number {
  return end - (lowSurrogate.test(text.charAt(end - 1)) ? 2 : 1)
}

/** Two kanji with letters of a verb between them are the pair that is written without: moving house has three spellings. */
function eachSkeleton(text: string, last: Run, run: Run, found: TermFound): void {
  const end = last.at + last.letters.length
  if (!okurigana.test(text.slice(end, run.at))) return
  const start = lastLetterOf(text, end)
  const next = String.fromCodePoint(run.letters.codePointAt(0) ?? 0)
  found(text.slice(start, end) + next, 'kanjiPair', start, run.at + next.length - start)
}

/** Endings in [i], [e] or a doubled consonant, without the particles that look so. */
const okurigana = /^\u3063?[\u3044\u304d\u304e\u3057\u3058\u3061\u3073\u307f\u308a\u3048\u3051\u3052\u305b\u3079\u3081\u308c\u3063]$/

/** Words written in hiragana alone are cut at random by the segmenter; three letters of them are not. Those of grammar say nothing. */
function eachHiragana(run: string, at: number, found: TermFound): void {
  for (let index = 0; index + 3 <= run.length; index++) {
    const triple = run.slice(index, index + 3)
    if (!isAskingOrGrammar(triple) && !isAskingOrGrammar(triple.slice(0, 2)) && !isAskingOrGrammar(triple.slice(1))) {
      found(`*${triple}`, 'hiraganaTriple', at + index, 3)
    }
  }
}

/** Words of grammar, and those that only ask. */
export function isAskingOrGrammar(letters: string): boolean {
  return functions.has(letters) || asking.has(letters)
}

/** `wi-fi` is found as `wifi` and by its parts; a number also with the name before it, and as an error's code after that word. */
function eachLatin(run: string, at: number, text: string, found: TermFound): void {
  const parts = run.split(/[-'._]/)
  const whole = parts.join('')
  if (!stops.has(whole)) found(stemmer(cutTerm(whole)), 'latin', at, run.length)
  if (anyDigit.test(run)) eachNumber(run, whole, at, text, found)
  if (parts.length === 1) return
  let offset = at
  for (const part of parts) {
    if (part.length > 1 && !stops.has(part)) found(stemmer(cutTerm(part)), 'latin', offset, part.length)
    offset += part.length + 1
  }
}

const anyDigit = /\d/
const isNumber = /^\d/
const nameBefore = /(?<![a-z0-9])([a-z]{1,10}) $/
const errorBefore = new RegExp(`(?:${errorWords.words.join('|')})(?:${errorWords.after.join('|')})*$`)

function eachNumber(run: string, whole: string, at: number, text: string, found: TermFound): void {
  const before = text.slice(Math.max(0, at - 16), at)
  const name = isNumber.test(run) && nameBefore.exec(before)?.[1]
  if (name && !stops.has(name)) found(cutTerm(name + whole), 'latin', at - name.length - 1, name.length + 1 + run.length)
  const [error] = errorBefore.exec(before) ?? []
  if (error) found(cutTerm(`error${whole}`), 'latin', at - error.length, error.length + run.length)
}

function eachKanji(run: string, at: number, found: TermFound): void {
  const letters = [...run]
  let offset = at
  letters.forEach((letter, index) => {
    const next = letters[index + 1]
    found(`*${letter}`, 'kanji', offset, letter.length)
    if (next) found(letter + next, 'kanjiPair', offset, letter.length + next.length)
    offset += letter.length
  })
}

function eachKatakana(run: string, at: number, found: TermFound): void {
  found(spellKatakana(run), 'katakana', at, run.length)
  const letters = run.length > 3 ? spellKatakana(`${run}\u30fc`) : ''
  for (let index = 0; index + 1 < letters.length; index++) found(letters.slice(index, index + 2), 'katakanaPair', at + index, 2)
}
