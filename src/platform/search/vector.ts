import { eachTerm, normalise } from './terms.ts'

/** One row's worth of a document: its tsvector as text, and how many words it has. */
export type Vector = { tv: string; words: number }

/**
 * The tsvectors of a document: title labelled A, body unlabelled, at most 12 positions a term.
 * A body that does not fit one row (about 800 Japanese letters) goes on in further ones, each with the title; beyond 40 rows it is cut.
 */
export function vectorsOf(title: string, body: string): Vector[] {
  const head = new VectorDraft()
  const heading = normalise(title.slice(0, longestTitle))
  head.add(heading, 0, 'A')
  const vectors: Vector[] = []
  let rest = normalise(body)
  do {
    const draft = head.copy()
    const fits = draft.addWhatFits(rest, heading.length + 1)
    vectors.push(draft.finish())
    rest = rest.slice(fits)
  } while (rest && vectors.length < mostParts)
  return vectors
}

/** A lexeme as PostgreSQL reads it in the text form of a tsvector or tsquery. */
export function quoteLexeme(term: string): string {
  return `'${term.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}

const longestTitle = 300
const mostParts = 40
const mostPositions = 12
const lastPosition = 16_383
/** Bytes of a tsvector that stay inline in a page of 8 kB beside the other columns. */
const mostBytes = 7_000
const sliceLength = 200

