import { inArray, sql } from 'drizzle-orm'
import { type Actor, visibleTo } from '../accounts/actor.ts'
import { pictures } from '../media/schema.ts'
import type { Db } from '../platform/db.ts'
import { Invalid } from '../platform/errors.ts'
import { atMost } from '../platform/paging.ts'
import { type TopicLine, topicsByIds } from '../topics/queries.ts'
import { MOST_PRODUCTS, readProducts } from './naming.ts'
import { companies, products, productVersions, topicProducts } from './schema.ts'

/** A product as it stands beside others: what it is, and how people fare with it. */
export type Compared = Awaited<ReturnType<typeof findCompared>>[number]

/** Months over which questions are counted. */
const MONTHS = 6

/**
 * The products an address or a person names: `company/product` with commas, or names as people call them. Throws Invalid at `products` for one
 * that is not known, and for fewer than two or more than five.
 */
export async function readCompared(db: Db, text: string): Promise<number[]> {
  const parts = text
    .split(/[,\u3001]/u)
    .map(part => part.trim())
    .filter(Boolean)
  if (parts.length > MOST_PRODUCTS) throw new Invalid({ products: { key: 'companies.products.tooMany', values: { most: MOST_PRODUCTS } } })
  const slugs = parts.filter(part => /^[a-z0-9-]+\/[a-z0-9-]+$/.test(part))
  const known = slugs.length > 0 ? await bySlugs(db, slugs) : new Map<string, number>()
  const named = new Map<string, number>()
  for (const part of parts.filter(each => !known.has(each))) {
    const [one] = await readProducts(db, part)
    if (one) named.set(part, Number(one.productId))
  }
  const ids = [...new Set(parts.flatMap(part => known.get(part) ?? named.get(part) ?? []))]
  if (ids.length < 2) throw new Invalid({ products: 'compare.errors.two' })
  return ids
}

async function bySlugs(db: Db, slugs: string[]): Promise<Map<string, number>> {
  const rows = await db.execute<{ key: string; id: number }>(sql`
    select c.slug || '/' || p.slug as key, p.id::int as id from ${products} p join ${companies} c on c.id = p.company_id
    where c.admitted_at is not null and c.slug || '/' || p.slug = any(${sql.param(slugs)}::text[])`)
  return new Map([...rows].map(({ key, id }) => [key, Number(id)]))
}

/** These products in this order, with their questions, those solved and those of the last months. One statement. */
export async function findCompared(db: Db, ids: number[]) {
  const open = sql`t.kind = 'question' and t.hidden_at is null and t.withdrawn_at is null and t.visibility = 'public'`
  const count = (more: ReturnType<typeof sql>) => sql<number>`(
    select count(*)::int from ${topicProducts} n join topics t on t.id = n.topic_id where n.product_id = ${products.id} and ${open} and ${more})`
  const rows = await db
    .select({
      product: products,
      company: { id: companies.id, slug: companies.slug, nameJa: companies.nameJa, nameEn: companies.nameEn },
      picture: { key: pictures.key, width: pictures.width, height: pictures.height, widths: pictures.widths },
      newest: sql<
        string | null
      >`(select v.label from ${productVersions} v where v.product_id = ${products.id} order by v.position desc limit 1)`,
      questions: count(sql`true`),
      solved: count(sql`t.solved_at is not null`),
      recent: count(sql`t.created_at > now() - make_interval(months => ${MONTHS})`),
    })
    .from(products)
    .innerJoin(companies, sql`${companies.id} = ${products.companyId}`)
    .leftJoin(pictures, sql`${pictures.id} = ${products.pictureId}`)
    .where(inArray(products.id, ids))
  return ids.flatMap(id => rows.find(({ product }) => product.id === id) ?? []).map(row => ({ ...row, months: MONTHS }))
}

/** One owner's word on a product, with the post it stands in. */
export type Voice = {
  productId: number
  postId: number
  topicId: number
  title: string
  side: 'good' | 'bad'
  words: string
  isCompany: boolean
  helpful: number
}

/**
 * What people praise and complain of, by their own words: what owners reported as good and as bad where products were compared, the most helpful
 * first. A report that was edited since is left out, because its words may be others now.
 */
export async function listVoices(db: Db, actor: Actor, ids: number[], each = 4): Promise<Voice[]> {
  const rows = await db.execute<Voice>(sql`
    select * from (
      select r.product_id::int as "productId", r.post_id::int as "postId", r.topic_id::int as "topicId", t.title, said.side, said.words,
        p.company_id is not null as "isCompany", p.helpful_count as helpful,
        row_number() over (partition by r.product_id, said.side order by p.helpful_count desc, p.id desc) as place
      from product_reports r join posts p on p.id = r.post_id join topics t on t.id = r.topic_id
      cross join lateral (values ('good', r.good), ('bad', r.bad)) said(side, words)
      where r.product_id = any(${sql.param(ids)}::bigint[]) and said.words <> '' and p.revision = r.revision and p.company_id is null
        and p.hidden_at is null and p.withdrawn_at is null and t.hidden_at is null and t.withdrawn_at is null
        and t.visibility = any(${sql.param(visibleTo(actor))}::text[])) ranked
    where place <= ${atMost(each)} order by "productId", side desc, place`)
  return [...rows]
}

/** The topics that say most about each of these products: questions many share, or tips many found helpful. */
export async function listTelling(
  db: Db,
  actor: Actor,
  ids: number[],
  kind: 'question' | 'tip',
  each = 3,
): Promise<Map<number, { topic: TopicLine; count: number }[]>> {
  const measure = kind === 'question' ? sql`t.me_too_count` : sql`(select helpful_count from posts where id = t.opening_id)`
  const rows = await db.execute<{ product: number; id: number; count: number }>(sql`
    select product::int, id::int, count::int from unnest(${sql.param(ids)}::bigint[]) with ordinality as wanted(product, place)
    cross join lateral (
      select t.id, ${measure} as count from ${topicProducts} n join topics t on t.id = n.topic_id
      where n.product_id = wanted.product and t.kind = ${kind} and t.hidden_at is null and t.withdrawn_at is null
        and t.visibility = any(${sql.param(visibleTo(actor))}::text[]) and ${measure} > 0
      order by ${measure} desc, t.id desc limit ${atMost(each)}) best
    order by place, count desc, id desc`)
  const lines = await topicsByIds(db, actor, [...new Set([...rows].map(({ id }) => Number(id)))])
  const told = [...rows].flatMap(({ product, id, count }) => {
    const topic = lines.get(Number(id))
    return topic ? [{ product: Number(product), topic, count: Number(count) }] : []
  })
  return Map.groupBy(told, ({ product }) => product)
}

/** Topics in which these products, or most of them, are compared. */
export async function listComparisons(db: Db, actor: Actor, ids: number[], size = 6): Promise<TopicLine[]> {
  const rows = await db.execute<{ id: number }>(sql`
    select t.id from ${topicProducts} n join topics t on t.id = n.topic_id
    where n.product_id = any(${sql.param(ids)}::bigint[]) and t.kind = 'comparison' and t.hidden_at is null and t.withdrawn_at is null
    group by t.id order by count(*) desc, t.answer_count desc, t.id desc limit ${atMost(size)}`)
  const order = [...rows].map(({ id }) => Number(id))
  const lines = await topicsByIds(db, actor, order)
  return order.flatMap(id => lines.get(id) ?? [])
}
