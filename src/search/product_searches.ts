import { and, eq, inArray, sql } from 'drizzle-orm'
import AhoCorasick from 'modern-ahocorasick'
import { type Actor, visibleTo } from '../accounts/actor.ts'
import { nameKey, namesIt } from '../companies/product_names.ts'
import { companies, products } from '../companies/schema.ts'
import type { Db } from '../platform/db.ts'
import { atMost } from '../platform/paging.ts'
import { SEVERAL } from './learning.ts'
import { HIDDEN } from './remembering.ts'
import { earlierSearches, productSearches, searchClicks, searches } from './schema.ts'

type Row = typeof productSearches.$inferInsert

/** Words one product's page has room for. */
const SHOWN = 8
const TOGETHER = 500

/** What people look for about a product: words several of them used on one day, the most frequent first, as this reader may see them. */
export async function listSearchesAbout(db: Db, actor: Actor, productId: number): Promise<string[]> {
  const rows = await db
    .select({ words: productSearches.words })
    .from(productSearches)
    .where(and(eq(productSearches.productId, productId), inArray(productSearches.reader, visibleTo(actor))))
    .groupBy(productSearches.words)
    .orderBy(sql`sum(${productSearches.people}) desc`, productSearches.words)
    .limit(atMost(SHOWN))
  return rows.map(({ words }) => words)
}

/**
 * Makes anew what people look for about each product: earlier searches that name it and say more, and those from which several people on one
 * day opened topics about it. Run it after `learnEarlierSearches`. Safe to repeat.
 */
export async function learnProductSearches(db: Db): Promise<void> {
  const known = await knownProducts(db)
  const found = new Map<string, Row>()
  for (const row of [...named(known, await db.select().from(earlierSearches)), ...(await opened(db))].filter(row => saysMore(known, row))) {
    const key = `${row.productId} ${row.reader} ${row.words}`
    const before = found.get(key)
    found.set(key, before && before.people > row.people ? before : row)
  }
  const rows = [...found.values()]
  await db.transaction(async tx => {
    await tx.delete(productSearches)
    for (let at = 0; at < rows.length; at += TOGETHER) await tx.insert(productSearches).values(rows.slice(at, at + TOGETHER))
  })
}

type Known = { id: number; keys: string[]; makers: string[] }

/** Products with their own names and their makers', as names are compared. */
async function knownProducts(db: Db): Promise<Map<number, Known>> {
  const rows = await db
    .select({ id: products.id, keys: products.keys, nameJa: companies.nameJa, nameEn: companies.nameEn })
    .from(products)
    .innerJoin(companies, eq(companies.id, products.companyId))
  return new Map(rows.map(({ id, keys, nameJa, nameEn }) => [id, { id, keys, makers: [nameJa, nameEn].map(nameKey).filter(Boolean) }]))
}

/** Searches in which a product's name stands. All names are looked for in one go, however many products there are. */
function named(known: Map<number, Known>, earlier: (typeof earlierSearches.$inferSelect)[]): Row[] {
  const pairs = [...known.values()].flatMap(({ id, keys }) => keys.map(key => ({ key, id })))
  const byKey = Map.groupBy(pairs, ({ key }) => key)
  const automaton = new AhoCorasick([...byKey.keys()])
  return earlier.flatMap(({ words, reader, people }) =>
    automaton
      .search(nameKey(words))
      .filter(({ pattern }) => namesIt(words, pattern))
      .flatMap(({ pattern }) => (byKey.get(pattern) ?? []).map(({ id }) => ({ productId: id, words, reader, people }))),
  )
}

/** The product's name alone, or with its maker's, says nothing about it. */
function saysMore(known: Map<number, Known>, { productId, words }: Row): boolean {
  const { keys = [], makers = [] } = known.get(productId) ?? {}
  const longestFirst = [...keys, ...makers].sort((a, b) => b.length - a.length)
  return [...longestFirst.reduce((left, name) => left.replace(name, ''), nameKey(words))].length > 1
}

async function opened(db: Db): Promise<Row[]> {
  const rows = await db.execute<Row>(sql`
    select "productId", words, reader, max(people)::int as people from (
      select n.product_id::int as "productId", s.words, s.reader, s.day, count(distinct s.key) as people
      from ${searchClicks} c join ${searches} s on s.key = c.key join topic_products n on n.topic_id = c.topic_id
      where s.results > 0 and char_length(s.words) between 2 and 60 and strpos(s.words, ${HIDDEN}) = 0
      group by 1, 2, 3, 4 having count(distinct s.key) >= ${SEVERAL}) daily
    group by 1, 2, 3`)
  return [...rows]
}
