import { eachLatin } from './latin_runs.ts'
import { endOf, type Script, scriptAt } from './scripts.ts'
import { isAskingOrGrammar, remembering, spellKatakana, type TermFound } from './term.ts'

/** Tells what the runs of one script in a normalised text are made of to `found`. */
export function eachRun(text: string, found: TermFound): void {
  let last: Run | undefined
  for (let at = 0; at < text.length; ) {
    const script = scriptAt(text, at)
    const end = endOf(text, at, script)
    if (script === 'latin') eachLatin(text.slice(at, end), at, text, found)
    else if (script === 'kanji') eachKanji(text, at, end, found)
    else if (script === 'katakana') eachKatakana(text.slice(at, end), at, found)
    else if (script === 'hiragana') eachHiragana(text, at, end, found)
    if (script === 'kanji' || script === 'katakana') eachBorder(text, end, found)
    if (last?.script === 'kanji' && script === 'kanji') eachSkeleton(text, last.end, at, found)
    if (script !== 'hiragana' && script !== 'other') last = { script, end }
    at = end
  }
}

type Run = { script: Script; end: number }

/** The two letters where kanji or katakana end and hiragana begins: the part of a verb that stays when it is inflected. */
function eachBorder(text: string, end: number, found: TermFound): void {
  if (scriptAt(text, end) !== 'hiragana') return
  const start = lastLetterOf(text, end)
  found(text.slice(start, end + 1), 'border', start, end + 1 - start)
}

function lastLetterOf(text: string, end: number): number {
  return end - (isLowSurrogate(text.charCodeAt(end - 1)) ? 2 : 1)
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff
}

/** Two kanji with letters of a verb between them are the pair that is written without: moving house has three spellings. */
function eachSkeleton(text: string, end: number, at: number, found: TermFound): void {
  if (at - end > 2 || !okurigana.test(text.slice(end, at))) return
  const start = lastLetterOf(text, end)
  const next = String.fromCodePoint(text.codePointAt(at) ?? 0)
  found(text.slice(start, end) + next, 'kanjiPair', start, at + next.length - start)
}

/** Endings in [i], [e] or a doubled consonant, without the particles that look so. */
const okurigana = /^\u3063?[\u3044\u304d\u304e\u3057\u3058\u3061\u3073\u307f\u308a\u3048\u3051\u3052\u305b\u3079\u3081\u308c\u3063]$/

/** Words written in hiragana alone are cut at random by the segmenter; three letters of them are not. Those of grammar say nothing. */
function eachHiragana(text: string, at: number, end: number, found: TermFound): void {
  for (let start = at; start + 3 <= end; start++) {
    const term = tripleOf(text.slice(start, start + 3))
    if (term) found(term, 'hiraganaTriple', start, 3)
  }
}

const tripleOf = remembering((triple): string => {
  const isNothing = isAskingOrGrammar(triple) || isAskingOrGrammar(triple.slice(0, 2)) || isAskingOrGrammar(triple.slice(1))
  return isNothing ? '' : `*${triple}`
})

function eachKanji(text: string, at: number, end: number, found: TermFound): void {
  for (let start = at; start < end; ) {
    const middle = start + lengthAt(text, start)
    found(`*${text.slice(start, middle)}`, 'kanji', start, middle - start)
    if (middle < end) {
      const after = middle + lengthAt(text, middle)
      found(text.slice(start, after), 'kanjiPair', start, after - start)
    }
    start = middle
  }
}

function lengthAt(text: string, at: number): number {
  return isLowSurrogate(text.charCodeAt(at + 1)) ? 2 : 1
}

function eachKatakana(run: string, at: number, found: TermFound): void {
  found(katakanaOf(run), 'katakana', at, run.length)
  const letters = run.length > 3 ? katakanaOf(`${run}\u30fc`) : ''
  for (let index = 0; index + 1 < letters.length; index++) found(letters.slice(index, index + 2), 'katakanaPair', at + index, 2)
}

const katakanaOf = remembering(spellKatakana)
