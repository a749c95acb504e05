import type { TermKind } from './term.ts'
import { eachTerm, normalise } from './terms.ts'

/** One row's worth of a document: its tsvector as text, and how many words it has. */
export type Vector = { tv: string; words: number }

/**
 * The tsvectors of a document: title labelled A, body unlabelled, at most 12 positions a term. A body that does not fit one
 * row (some 800 Japanese letters) goes on in further ones, each with the title; what is beyond 40 rows is left out.
 */
export function vectorsOf(title: string, body: string): Vector[] {
  const heading = normalise(title.slice(0, longestTitle))
  const text = normalise(body)
  const pieces = text.length <= surelyFits ? [text] : (text.match(sentences) ?? [])
  // Hardly any text has signs that need care, and looking at each of its terms takes long.
  const quote = quoted.test(heading) || quoted.test(text) ? quoteTerm : quotePlain
  const vectors: Vector[] = []
  do {
    const draft = draftWith(heading)
    do addText(draft, takeSome(pieces, fullRow - draft.bytes))
    while (draft.bytes + (pieces[0]?.length ?? 0) * bytesOfText < fullRow && pieces.length > 0)
    vectors.push({ tv: textOf(draft, quote), words: draft.words })
  } while (pieces.length > 0 && vectors.length < mostRows)
  return vectors
}

/** A term as PostgreSQL reads it in the text form of a tsvector or tsquery. */
export function quoteTerm(term: string): string {
  return `'${term.includes("'") || term.includes('\\') ? term.replace(special, '$&$&') : term}'`
}

/** A term once more, as standing in the title: what a search for a very common word looks at first. */
export function titleTerm(term: string): string {
  return `^${term}`
}

/** Positions of each term; those up to `titleEnd` are the title's. */
type Draft = { terms: Map<string, number[]>; titleEnd: number; length: number; words: number; bytes: number }

const none: number[] = []
const special = /['\\]/g
const quoted = /['\\]/
const quotePlain = (term: string) => `'${term}'`
const longestTitle = 300
const mostRows = 40
/** Letters of a body that need no look at the bytes. */
const surelyFits = 300
/** Bytes that a letter of a text adds at most, as texts are. */
const bytesOfDenseText = 16
const mostPositions = 12
const lastPosition = 16_383
/** Bytes of a tsvector that stay inline in a page of 8 kB beside the other columns. */
const fullRow = 7_600
/** Bytes that a letter of Japanese text adds, by measurement. */
const bytesOfText = 10
/** A sentence, or 100 letters where none ends; a dot inside a number or a name ends none. */
const sentences = /(?:[^\n.!?\u3002]|\.(?=[a-z0-9])){0,99}(?:(?:[\n!?\u3002]|\.(?![a-z0-9]))+|$|[^\n!?\u3002])/gu

function draftWith(heading: string): Draft {
  const draft: Draft = { terms: new Map(), titleEnd: heading.length, length: 0, words: 0, bytes: 0 }
  eachTerm(heading, (term, kind, at) => {
    addTerm(draft, term, kind, at)
    if (!isPart(kind)) draft.terms.set(titleTerm(term), none)
  })
  draft.length = heading.length
  return draft
}

/** The next sentence, and those after it that surely fit as well: walking them together takes a third less. */
function takeSome(pieces: string[], room: number): string {
  let [text = ''] = pieces.splice(0, 1)
  while (pieces[0] && (text.length + pieces[0].length) * bytesOfDenseText < room) text += pieces.shift()
  return text
}

function addText(draft: Draft, text: string): void {
  eachTerm(text, (term, kind, at) => addTerm(draft, term, kind, at))
  draft.length += text.length
}

function addTerm(draft: Draft, term: string, kind: TermKind, at: number): void {
  if (isWord(kind)) draft.words++
  const position = Math.min(lastPosition, draft.length + 1 + at)
  const known = draft.terms.get(term)
  if (!known) {
    draft.terms.set(term, [position])
    draft.bytes += bytesOf(term)
  } else if (known.length < mostPositions && !known.includes(position)) {
    known.push(position)
    draft.bytes += bytesOfPosition
  }
}

function isWord(kind: TermKind): boolean {
  return kind === 'word' || kind === 'latin'
}

function isPart(kind: TermKind): boolean {
  return kind === 'kanji' || kind === 'katakanaPair' || kind === 'border' || kind === 'hiraganaTriple'
}

/** Its letters, and its entry with one position. Counting UTF-8 exactly for each of 600 terms would take longer than finding them. */
function bytesOf(term: string): number {
  return term.length * (term.charCodeAt(term.length - 1) < 0x80 ? 1 : 3) + 9
}

const bytesOfPosition = 2

function textOf({ terms, titleEnd }: Draft, quote: (term: string) => string): string {
  let text = ''
  for (const [term, positions] of terms) {
    text += quote(term)
    let sign = ':'
    for (const position of positions) {
      text += position <= titleEnd ? `${sign}${position}A` : sign + position
      sign = ','
    }
    text += ' '
  }
  return text
}
