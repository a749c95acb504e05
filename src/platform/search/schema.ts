import { sql } from 'drizzle-orm'
import { bigint, customType, index, integer, jsonb, pgTable, primaryKey, real, smallint, text, timestamp } from 'drizzle-orm/pg-core'
import type { SynonymGroup } from './engine.ts'

const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' })
/** Text that is looked up by how it begins: in the order of its bytes, whatever the locale. */
const ordered = customType<{ data: string }>({ dataType: () => 'text collate "C"' })

/**
 * What can be found: one row for each document, or more where it is long, numbered by `part`.
 * `migrations/_search_extra.sql` keeps `tv` inline and uncompressed, without which a search is seven times slower.
 */
export const searchDocuments = pgTable(
  'search_documents',
  {
    id: text().notNull(),
    part: smallint().notNull(),
    groupId: text('group_id').notNull(),
    visibility: text().notNull(),
    tags: text().array().notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
    words: integer().notNull(),
    tv: tsvector().notNull(),
    helpful: integer().notNull().default(0),
    boost: real().notNull().default(0),
  },
  t => [
    primaryKey({ columns: [t.id, t.part] }),
    index('search_documents_group').on(t.groupId),
    index('search_documents_tv').using('gin', t.tv).with({ fastupdate: false }),
  ],
)

/** Each document's words once more, whole and normalised: what phrases and minus words are held against. `title` is as it was written. */
export const searchTexts = pgTable('search_texts', { id: text().primaryKey(), title: text().notNull(), text: text().notNull() })

/** What somebody may be typing when he wants a group: its title, from each of its words on, in hiragana. */
export const searchOpeners = pgTable('search_openers', { groupId: text('group_id').notNull(), key: ordered().notNull() }, t => [
  primaryKey({ columns: [t.groupId, t.key] }),
  index('search_openers_key').on(t.key),
])

/** What means the same, as last said; each process reads it again when `version` is another. */
export const searchSynonyms = pgTable('search_synonyms', {
  id: smallint().primaryKey(),
  groups: jsonb().$type<SynonymGroup[]>().notNull(),
  version: bigint({ mode: 'number' }).notNull(),
})

/** How the collection's words with kanji are read, in hiragana; an empty reading is a word that no dictionary has. */
export const searchReadings = pgTable('search_readings', { term: text().notNull(), reading: ordered().notNull() }, t => [
  primaryKey({ columns: [t.term, t.reading] }),
  index('search_readings_reading').on(t.reading),
])

/** A general dictionary as it was read last: its words, the terms of each, and the words that mean the same. Always read whole. */
export const searchDictionary = pgTable('search_dictionary', {
  other: text().notNull(),
  words: text().array().notNull(),
  terms: text().array().notNull(),
})

/** What that dictionary says means the same, where the collection has the other word's terms; `rows` have the rarest of them. */
export const searchThesaurus = pgTable(
  'search_thesaurus',
  { word: text().notNull(), other: text().notNull(), rows: integer().notNull() },
  t => [primaryKey({ columns: [t.word, t.other] })],
)

/** In how many rows a term stands, for terms in more than two; as counted at `searchFigures.countedAt`. */
export const searchTerms = pgTable('search_terms', { term: text().primaryKey(), rows: integer().notNull() }, t => [
  index('search_terms_start').on(sql`(${t.term} collate "C")`),
  index('search_terms_end').on(sql`(reverse(${t.term}) collate "C")`),
])

/**
 * The collection in one row. `writes` is the table's counter of changes at the time, to tell when the figures are old; `dictionary` the
 * edition that `searchDictionary` has, and `meantOf` a sum of the terms that `searchThesaurus` was made for.
 */
export const searchFigures = pgTable('search_figures', {
  id: smallint().primaryKey(),
  rows: integer().notNull(),
  meanWords: real('mean_words').notNull(),
  writes: bigint({ mode: 'number' }).notNull(),
  countedAt: timestamp('counted_at', { withTimezone: true }).notNull(),
  dictionary: text(),
  meantOf: text('meant_of'),
})
