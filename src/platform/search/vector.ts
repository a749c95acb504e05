import { eachTerm, normalise, type TermKind } from './terms.ts'

/** One row's worth of a document: its tsvector as text, and how many words it has. */
export type Vector = { tv: string; words: number }

/**
 * The tsvectors of a document: title labelled A, body unlabelled, at most 12 positions a term. A body that does not fit one
 * row (some 600 Japanese letters) goes on in further ones, each with the title; what is beyond 40 rows is left out.
 */
export function vectorsOf(title: string, body: string): Vector[] {
  const heading = normalise(title.slice(0, longestTitle))
  const pieces = normalise(body).match(sentences) ?? []
  const vectors: Vector[] = []
  do {
    const draft = draftWith(heading)
    while (pieces.length > 0 && draft.bytes < fullRow) addText(draft, pieces.shift() ?? '', '')
    vectors.push({ tv: textOf(draft), words: draft.words })
  } while (pieces.length > 0 && vectors.length < mostRows)
  return vectors
}

/** A term as PostgreSQL reads it in the text form of a tsvector or tsquery. */
export function quoteTerm(term: string): string {
  return `'${term.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}

type Draft = { positions: Map<string, string[]>; length: number; words: number; bytes: number }

const longestTitle = 300
const mostRows = 40
const mostPositions = 12
const lastPosition = 16_383
/** Bytes of a tsvector at which a row is closed; with the next sentence it still fits inline in a page of 8 kB. */
const fullRow = 6_000
/** A sentence, or 160 letters where none ends. */
const sentences = /[^\n.!?\u3002]{0,159}(?:[\n.!?\u3002]+|$|[^\n.!?\u3002])/gu

function draftWith(heading: string): Draft {
  const draft: Draft = { positions: new Map(), length: 0, words: 0, bytes: 0 }
  addText(draft, heading, 'A')
  return draft
}

function addText(draft: Draft, text: string, label: string): void {
  const start = draft.length + 1
  eachTerm(text, (term, kind, at) => {
    if (isWord(kind)) draft.words++
    const position = `${Math.min(lastPosition, start + at)}${label}`
    const known = draft.positions.get(term)
    if (!known) {
      draft.positions.set(term, [position])
      draft.bytes += Buffer.byteLength(term) + bytesOfTerm
    } else if (known.length < mostPositions && known.at(-1) !== position) {
      known.push(position)
      draft.bytes += bytesOfPosition
    }
  })
  draft.length += text.length
}

function isWord(kind: TermKind): boolean {
  return kind === 'word' || kind === 'latin'
}

const bytesOfPosition = 2
const bytesOfTerm = 9

function textOf(draft: Draft): string {
  let text = ''
  for (const [term, positions] of draft.positions) text += `${quoteTerm(term)}:${positions.join(',')} `
  return text
}
