import { createHash } from 'node:crypto'
import type { SearchDocument } from '../engine.ts'
import { wordsOf } from './words.ts'

/** A document as Meilisearch keeps it. `stamp` changes with anything else in it: two are compared without being sent. */
export type StoredDocument = {
  id: string
  group: string
  title: string
  body: string
  titleWords: string
  codes: string
  words: string
  visibility: string
  filters: Record<string, string[]>
  /** Milliseconds since 1970. */
  createdAt: number
  helpful: number
  /** In tenths: what differs less is the same. */
  boost: number
  stamp: string
}

/** Shapes a document for Meilisearch, whose JSON knows no halves of letters. */
export function storedDocument(document: SearchDocument): StoredDocument {
  const title = document.title.toWellFormed()
  const body = document.body.toWellFormed()
  const inTitle = wordsOf(title)
  const inBody = wordsOf(body)
  const stored = {
    id: document.id,
    group: document.group,
    title,
    body,
    titleWords: inTitle.words.join(' '),
    codes: [...new Set([...inTitle.codes, ...inBody.codes])].join(' '),
    words: inBody.words.join(' '),
    visibility: document.visibility,
    filters: Object.fromEntries(Object.entries(document.filters).map(([name, value]) => [name, valuesOf(value)])),
    createdAt: document.createdAt.getTime(),
    helpful: document.helpful ?? 0,
    boost: Math.round((document.boost ?? 0) * 10) / 10,
  }
  return { ...stored, stamp: createHash('sha1').update(JSON.stringify(stored)).digest('base64url') }
}

/** Everything a document is filtered by is a list of texts, so that `true` is the same as «true». */
function valuesOf(value: SearchDocument['filters'][string]): string[] {
  return (typeof value === 'object' ? [...value] : [value]).map(one => String(one).toWellFormed())
}
