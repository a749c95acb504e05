import { stemmer } from 'stemmer'
import stopWords from './english_stop_words.json' with { type: 'json' }
import errorWords from './error_words.json' with { type: 'json' }
import { cutTerm, remembering, type TermFound } from './term.ts'

/** `wi-fi` is found as `wifi` and by its parts; a number also with the name before it, and as an error's code after that word. */
export function eachLatin(run: string, at: number, text: string, found: TermFound): void {
  const { whole, stem, parts, isNumbered } = latinOf(run)
  if (stem) found(stem, 'latin', at, run.length)
  if (isNumbered) eachNumber(run, whole, at, text, found)
  for (const { term, offset, length } of parts) found(term, 'latin', at + offset, length)
}

const stops = new Set(stopWords)
const anyDigit = /\d/
const isNumber = /^\d/
const nameBefore = /(?<![a-z0-9])([a-z]{1,10}) $/
const errorBefore = new RegExp(`(?:${errorWords.words.join('|')})(?:${errorWords.after.join('|')})*$`)

/** Without joints and stemmed, unless it says nothing; its parts where it has joints. */
type Latin = { whole: string; stem: string; parts: { term: string; offset: number; length: number }[]; isNumbered: boolean }

const latinOf = remembering((run): Latin => {
  const pieces = run.split(/[-'._]/)
  const whole = pieces.join('')
  const latin: Latin = { whole, stem: stops.has(whole) ? '' : stemmer(cutTerm(whole)), parts: [], isNumbered: anyDigit.test(run) }
  let offset = 0
  for (const piece of pieces.length > 1 ? pieces : []) {
    if (piece.length > 1 && !stops.has(piece)) latin.parts.push({ term: stemmer(cutTerm(piece)), offset, length: piece.length })
    offset += piece.length + 1
  }
  return latin
})

function eachNumber(run: string, whole: string, at: number, text: string, found: TermFound): void {
  const before = text.slice(Math.max(0, at - 16), at)
  const name = isNumber.test(run) && nameBefore.exec(before)?.[1]
  if (name && !stops.has(name)) found(cutTerm(name + whole), 'latin', at - name.length - 1, name.length + 1 + run.length)
  const [error] = errorBefore.exec(before) ?? []
  if (error) found(cutTerm(`error${whole}`), 'latin', at - error.length, error.length + run.length)
}
