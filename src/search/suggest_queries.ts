import { and, eq, inArray, isNotNull, like, sql } from 'drizzle-orm'
import { type Actor, visibleTo } from '../accounts/actor.ts'
import type { Board } from '../boards/queries.ts'
import { nameKey } from '../companies/product_names.ts'
import { companies, products } from '../companies/schema.ts'
import type { Db } from '../platform/db.ts'
import { atMost } from '../platform/paging.ts'
import type { SearchEngine } from '../platform/search/engine.ts'
import { topicsByIds } from '../topics/queries.ts'
import { asCompared } from './remembering.ts'
import { earlierSearches } from './schema.ts'

const TOPICS = 5
const SEARCHES = 3
const PRODUCTS = 3
const BOARDS = 2

/** What somebody may be about to type: products, topics, searches others made with success, boards. */
export async function suggest(db: Db, engine: SearchEngine, actor: Actor, typed: string, boards: Board[]) {
  const start = startOf(typed)
  if (!start) return { products: [], topics: [], searches: [], boards: [] }
  const [sold, topics, searches] = await Promise.all([
    suggestProducts(db, typed),
    suggestTopics(db, engine, actor, typed),
    suggestSearches(db, actor, start),
  ])
  const named = boards.filter(({ nameJa, nameEn }) => [nameJa, nameEn].some(name => startOf(name).includes(start)))
  return { products: sold, topics, searches, boards: named.slice(0, BOARDS) }
}

/** Products one of whose names begins like this; those on sale first. */
function suggestProducts(db: Db, typed: string) {
  const key = nameKey(typed)
  const named = sql`exists (select from unnest(${products.keys}) own where starts_with(own, ${key}))`
  return db
    .select({ id: products.id, slug: products.slug, nameJa: products.nameJa, nameEn: products.nameEn, companySlug: companies.slug })
    .from(products)
    .innerJoin(companies, eq(companies.id, products.companyId))
    .where(and(isNotNull(companies.admittedAt), key.length > 1 ? named : sql`false`))
    .orderBy(sql`${products.life} = 'on_sale' desc`, products.nameJa)
    .limit(atMost(PRODUCTS))
}

/** Titles come from the engine, rows from the topics' own queries: what was hidden a moment ago is not suggested. */
async function suggestTopics(db: Db, engine: SearchEngine, actor: Actor, typed: string) {
  const found = (await engine.suggest?.(typed, { visibility: visibleTo(actor), limit: TOPICS })) ?? []
  const topics = await topicsByIds(
    db,
    actor,
    found.map(({ group }) => Number(group)),
  )
  return found.flatMap(({ group }) => topics.get(Number(group)) ?? [])
}

/** Only searches of people who saw no more than this reader does. */
async function suggestSearches(db: Db, actor: Actor, start: string): Promise<string[]> {
  const rows = await db
    .select({ words: earlierSearches.words })
    .from(earlierSearches)
    .where(
      sql`${like(earlierSearches.start, `${start.replace(/[\\%_]/g, '\\$&')}%`)} and ${inArray(earlierSearches.reader, visibleTo(actor))}`,
    )
    .groupBy(earlierSearches.words)
    .orderBy(sql`sum(${earlierSearches.people}) desc`, earlierSearches.words)
    .limit(atMost(SEARCHES))
  return rows.map(({ words }) => words)
}

/** Words as they are while one types them: katakana are hiragana still. */
export function startOf(words: string): string {
  return asCompared(words).replace(/[\u30a1-\u30f6]/g, letter => String.fromCharCode(letter.charCodeAt(0) - 0x60))
}
