import { bigint, customType, index, integer, pgTable, primaryKey, real, smallint, text, timestamp } from 'drizzle-orm/pg-core'

const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' })

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
  },
  t => [
    primaryKey({ columns: [t.id, t.part] }),
    index('search_documents_group').on(t.groupId),
    index('search_documents_tv').using('gin', t.tv).with({ fastupdate: false }),
  ],
)

/** In how many rows a term stands, for terms in more than two; as counted at `searchFigures.countedAt`. */
export const searchTerms = pgTable('search_terms', { term: text().primaryKey(), rows: integer().notNull() })

/** The collection in one row. `writes` is the table's counter of changes at the time, to tell when the figures are old. */
export const searchFigures = pgTable('search_figures', {
  id: smallint().primaryKey(),
  rows: integer().notNull(),
  meanWords: real('mean_words').notNull(),
  writes: bigint({ mode: 'number' }).notNull(),
  countedAt: timestamp('counted_at', { withTimezone: true }).notNull(),
})
