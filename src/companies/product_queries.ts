import { and, asc, desc, eq, sql } from 'drizzle-orm'
import { type Actor, visibleTo } from '../accounts/actor.ts'
import { pictures } from '../media/schema.ts'
import type { Db } from '../platform/db.ts'
import { Missing } from '../platform/errors.ts'
import { atMost, numberCursor, type Page, pageOf } from '../platform/paging.ts'
import { type TopicLine, topicsByIds } from '../topics/queries.ts'
import { topics } from '../topics/schema.ts'
import { nameKey, namesIt } from './product_names.ts'
import { companies, products, productVersions, topicProducts } from './schema.ts'

const maker = { id: companies.id, slug: companies.slug, nameJa: companies.nameJa, nameEn: companies.nameEn }
const picture = { key: pictures.key, width: pictures.width, height: pictures.height, widths: pictures.widths }

/** A company's product with its maker, picture and versions, the newest first. Throws Missing. One statement. */
export async function findProduct(db: Db, companySlug: string, slug: string) {
  const versions = sql<{ id: number; label: string; position: number; releasedOn: string | null }[] | null>`(
    select json_agg(json_build_object('id', v.id, 'label', v.label, 'position', v.position, 'releasedOn', v.released_on) order by v.position desc)
    from ${productVersions} v where v.product_id = ${products.id})`
  const [row] = await db
    .select({ product: products, company: maker, picture, versions })
    .from(products)
    .innerJoin(companies, eq(companies.id, products.companyId))
    .leftJoin(pictures, eq(pictures.id, products.pictureId))
    .where(and(eq(companies.slug, companySlug), sql`${companies.admittedAt} is not null`, eq(products.slug, slug)))
  if (!row) throw new Missing()
  return { ...row.product, company: row.company, picture: row.picture, versions: row.versions ?? [] }
}
export type Product = Awaited<ReturnType<typeof findProduct>>

/** A company's products: on sale first, then by name. */
export async function listProducts(db: Db, companyId: number) {
  return db
    .select({
      id: products.id,
      slug: products.slug,
      nameJa: products.nameJa,
      nameEn: products.nameEn,
      category: products.category,
      life: products.life,
      picture,
    })
    .from(products)
    .leftJoin(pictures, eq(pictures.id, products.pictureId))
    .where(eq(products.companyId, companyId))
    .orderBy(desc(sql`${products.life} = 'on_sale'`), asc(products.nameJa))
}

const forReader = (actor: Actor) =>
  sql`t.hidden_at is null and t.withdrawn_at is null and t.unlisted_at is null and t.visibility = any(${sql.param(visibleTo(actor))}::text[])`

/**
 * What goes wrong most with a product: its questions, those with a guaranteed answer first, then by how many share the trouble. Or its
 * tips, by how often they are read.
 */
export async function listTroubles(db: Db, actor: Actor, productId: number, kind: 'question' | 'tip', size: number): Promise<TopicLine[]> {
  const rows = await db.execute<{ id: number }>(sql`
    select t.id from ${topicProducts} p join topics t on t.id = p.topic_id
    where p.product_id = ${productId} and t.kind = ${kind} and ${forReader(actor)}
    order by (t.guaranteed_at is not null) desc, t.me_too_count desc, t.view_count desc, t.id desc limit ${atMost(size)}`)
  return inOrder(db, actor, rows)
}

/** A product's topics, newest first; one scan of an index. */
export async function listProductTopics(db: Db, actor: Actor, productId: number, after?: string, size = 20): Promise<Page<TopicLine>> {
  const cursor = numberCursor(after)
  const rows = await db.execute<{ id: number }>(sql`
    select t.id from ${topicProducts} p join topics t on t.id = p.topic_id
    where p.product_id = ${productId} and ${forReader(actor)} ${cursor ? sql`and p.topic_id < ${cursor.id}` : sql``}
    order by p.topic_id desc limit ${atMost(size + 1)}`)
  const { rows: ids, next } = pageOf([...rows], size, last => ({ value: '0', id: Number(last.id) }))
  return { rows: await inOrder(db, actor, ids), next }
}

async function inOrder(db: Db, actor: Actor, rows: Iterable<{ id: number }>): Promise<TopicLine[]> {
  const ids = [...rows].map(({ id }) => Number(id))
  const lines = await topicsByIds(db, actor, ids)
  return ids.flatMap(id => lines.get(id) ?? [])
}

/** How many public questions there are about a product, and how many of them are solved. */
export async function countQuestions(db: Db, productId: number): Promise<{ questions: number; solved: number }> {
  const [row] = await db.execute<{ questions: number; solved: number }>(sql`
    select count(*)::int as questions, count(t.solved_at)::int as solved from ${topicProducts} p join topics t on t.id = p.topic_id
    where p.product_id = ${productId} and t.kind = 'question' and t.hidden_at is null and t.withdrawn_at is null and t.visibility = 'public'`)
  return row ?? { questions: 0, solved: 0 }
}

/** A product by one of its names, with the version where it is named too. */
export type Named = {
  productId: number
  versionId: number | null
  companyId: number
  companyNameJa: string
  companyNameEn: string
  nameJa: string
  nameEn: string
  version: string | null
}

type Known = Omit<Named, 'versionId' | 'version'> & { keys: string[]; aliases: string[]; versions: { id: number; label: string }[] }

/** For each name the products it can mean: alone, after its company's name, before one of its versions. One statement for all. */
export async function findNamed(db: Db, names: string[]): Promise<Named[][]> {
  if (names.length === 0) return []
  const known = await knownIn(db, names.map(nameKey))
  return names.map(name => known.flatMap(product => meaning(product, nameKey(name)) ?? []))
}

function meaning({ keys, aliases: _, versions, ...product }: Known, key: string): Named | undefined {
  for (const maker of ['', nameKey(product.companyNameJa), nameKey(product.companyNameEn)])
    for (const own of keys) {
      if (!key.startsWith(maker + own)) continue
      const rest = key.slice((maker + own).length)
      const version = versions.find(({ label }) => nameKey(label) === rest)
      if (rest === '' || version) return { ...product, versionId: version?.id ?? null, version: version?.label ?? null }
    }
  return undefined
}

/** Products a text names by itself, at most `most`; who writes is asked whether it is about them. */
export async function guessProducts(db: Db, text: string, most = 3): Promise<Named[]> {
  const known = await knownIn(db, [nameKey(text)])
  const found = known.filter(({ nameJa, nameEn, aliases }) => [nameJa, nameEn, ...aliases].some(name => namesIt(text, name)))
  return found.slice(0, most).map(({ keys: _, aliases: __, versions: ___, ...product }) => ({ ...product, versionId: null, version: null }))
}

/** Products a beginning of a name may lead to; names that begin with it first. */
export async function suggestProducts(db: Db, typed: string, most = 8): Promise<Named[]> {
  const key = nameKey(typed)
  if (!key) return []
  const like = key.replace(/[\\%_]/g, '\\$&')
  const rows = await db.execute<Named>(sql`
    select p.id as "productId", null as "versionId", null as version, c.id as "companyId", c.name_ja as "companyNameJa", c.name_en as "companyNameEn",
      p.name_ja as "nameJa", p.name_en as "nameEn"
    from ${products} p join ${companies} c on c.id = p.company_id
    where exists (select from unnest(p.keys) k where k like ${`%${like}%`})
    order by exists (select from unnest(p.keys) k where k like ${`${like}%`}) desc, p.life = 'on_sale' desc, p.name_ja limit ${atMost(most)}`)
  return [...rows]
}

/** Products one of whose names stands in one of these keys. */
async function knownIn(db: Db, keys: string[]): Promise<Known[]> {
  const rows = await db.execute<Known>(sql`
    select p.id as "productId", p.company_id as "companyId", c.name_ja as "companyNameJa", c.name_en as "companyNameEn", p.name_ja as "nameJa", p.name_en as "nameEn",
      p.keys, p.aliases, coalesce((select json_agg(json_build_object('id', v.id, 'label', v.label)) from ${productVersions} v where v.product_id = p.id), '[]') as versions
    from ${products} p join ${companies} c on c.id = p.company_id
    where exists (select from unnest(p.keys) own, unnest(${sql.param(keys)}::text[]) typed where position(own in typed) > 0)
    order by p.life = 'on_sale' desc, length(p.name_ja) desc, p.id`)
  return [...rows].map(row => ({ ...row, productId: Number(row.productId), companyId: Number(row.companyId) }))
}

/** Products a topic names, in their order, as its form shows them again. */
export async function productsText(db: Db, topicId: number): Promise<string> {
  const rows = await db.execute<{ name: string }>(sql`
    select concat_ws(' ', case when exists (select from ${products} other where other.id <> p.id and other.keys && p.keys) then c.name_ja end, p.name_ja, v.label) as name
    from ${topicProducts} t join ${products} p on p.id = t.product_id join ${companies} c on c.id = p.company_id left join ${productVersions} v on v.id = t.version_id
    where t.topic_id = ${topicId} order by t.position`)
  return [...rows].map(({ name }) => name).join('\u3001')
}

/** The products of a topic for its page, as one column of the topic's own statement. */
export const productsBeside = sql<TopicProduct[] | null>`(
  select json_agg(json_build_object('id', p.id, 'slug', p.slug, 'nameJa', p.name_ja, 'nameEn', p.name_en, 'life', p.life, 'version', v.label,
    'company', json_build_object('id', c.id, 'slug', c.slug, 'nameJa', c.name_ja, 'nameEn', c.name_en)) order by t.position)
  from ${topicProducts} t join ${products} p on p.id = t.product_id join ${companies} c on c.id = p.company_id left join ${productVersions} v on v.id = t.version_id
  where t.topic_id = ${topics.id})`
export type TopicProduct = {
  id: number
  slug: string
  nameJa: string
  nameEn: string
  life: string
  version: string | null
  company: { id: number; slug: string; nameJa: string; nameEn: string }
}

/** Products of a company a guarantee may be about, with their versions, the oldest first. */
export async function listScopeChoices(db: Db, companyId: number, productIds: number[]) {
  const versions = sql<{ id: number; label: string }[] | null>`(
    select json_agg(json_build_object('id', v.id, 'label', v.label) order by v.position) from ${productVersions} v where v.product_id = products.id)`
  const rows = await db
    .select({ id: products.id, nameJa: products.nameJa, nameEn: products.nameEn, versions })
    .from(products)
    .where(and(eq(products.companyId, companyId), sql`${products.id} = any(${sql.param(productIds)}::bigint[])`))
    .orderBy(asc(products.nameJa))
  return rows.map(row => ({ ...row, versions: row.versions ?? [] }))
}
export type ScopeChoice = Awaited<ReturnType<typeof listScopeChoices>>[number]
