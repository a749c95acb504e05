import { and, asc, desc, eq, inArray, or, type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import { accounts } from '../accounts/schema.ts'
import { productsBeside, type TopicProduct } from '../companies/product_queries.ts'
import { companies, productVersions } from '../companies/schema.ts'
import type { Db } from '../platform/db.ts'
import { Missing } from '../platform/errors.ts'
import { numberCursor, type Page, pageOf } from '../platform/paging.ts'
import { byline, maySee } from '../topics/queries.ts'
import { posts, topics } from '../topics/schema.ts'
import { type GuaranteeRow, guaranteeHistory, guarantees, type State } from './schema.ts'

/** A product in a guarantee's scope, with the names of the versions it holds from and to, and their places among all. */
export type ScopeLine = {
  productId: number
  slug: string
  nameJa: string
  nameEn: string
  versionWordJa: string
  versionWordEn: string
  from: string | null
  to: string | null
  fromPosition: number | null
  toPosition: number | null
}

const scopeJson = sql<ScopeLine[]>`coalesce((
  select json_agg(json_build_object('productId', p.id, 'slug', p.slug, 'nameJa', p.name_ja, 'nameEn', p.name_en, 'versionWordJa', p.version_word_ja,
    'versionWordEn', p.version_word_en, 'from', f.label, 'to', u.label, 'fromPosition', f.position, 'toPosition', u.position) order by s.position)
  from guarantee_products s join products p on p.id = s.product_id
    left join product_versions f on f.id = s.from_version_id left join product_versions u on u.id = s.to_version_id
  where s.guarantee_id = guarantees.id), '[]')`

const maker = {
  id: companies.id,
  slug: companies.slug,
  nameJa: companies.nameJa,
  nameEn: companies.nameEn,
  corporateNumber: companies.corporateNumber,
  domain: companies.domain,
}

/** A guarantee by its code with its company, its answer, its question, its scope and its whole history. Throws Missing. */
export async function findGuarantee(db: Db, code: string) {
  const [row] = await db
    .select({
      guarantee: guarantees,
      company: maker,
      scope: scopeJson,
      topic: topics,
      post: {
        id: posts.id,
        kind: posts.kind,
        authorId: posts.authorId,
        body: posts.body,
        revision: posts.revision,
        capacity: posts.capacity,
        hiddenAt: posts.hiddenAt,
        withdrawnAt: posts.withdrawnAt,
      },
      writer: byline,
    })
    .from(guarantees)
    .innerJoin(companies, eq(companies.id, guarantees.companyId))
    .innerJoin(topics, eq(topics.id, guarantees.topicId))
    .innerJoin(posts, eq(posts.id, guarantees.postId))
    .innerJoin(accounts, eq(accounts.id, posts.authorId))
    .where(eq(guarantees.code, code))
  if (!row) throw new Missing()
  const history = await db
    .select()
    .from(guaranteeHistory)
    .where(eq(guaranteeHistory.guaranteeId, row.guarantee.id))
    .orderBy(asc(guaranteeHistory.number))
  return { ...row.guarantee, company: row.company, scope: row.scope, topic: row.topic, post: row.post, writer: row.writer, history }
}
export type Guarantee = Awaited<ReturnType<typeof findGuarantee>>

/** The same as everybody may read it: once it was in force. Before that it is its company's and its writer's alone. Throws Missing. */
export async function findCertificate(db: Db, actor: Actor, code: string): Promise<Guarantee & { isReadable: boolean }> {
  const guarantee = await findGuarantee(db, code)
  if (!guarantee.inForceSince) throw new Missing()
  // The words of an answer that was taken back or hidden, or of a topic that is not for this reader, are not shown again here.
  const isReadable = maySee(actor, guarantee.topic) && !guarantee.post.withdrawnAt && !guarantee.post.hiddenAt
  return { ...guarantee, isReadable }
}

/** What stands on a topic's page of each guarantee that was ever in force. */
export type BesideGuarantee = {
  id: number
  postId: number
  code: string
  state: State
  revision: number
  validUntil: string
  reason: string | null
  company: { id: number; slug: string; nameJa: string; nameEn: string }
  scope: ScopeLine[]
}
type VersionLine = { id: number; productId: number; label: string; position: number }
export type BesideTopic = {
  products: TopicProduct[] | null
  guarantees: BesideGuarantee[] | null
  versions: VersionLine[] | null
  /** In whose column an answer stands, where products are compared. */
  columns: Record<string, number> | null
}

const besideJson = sql`json_build_object('id', guarantees.id, 'postId', guarantees.post_id, 'code', guarantees.code, 'state', guarantees.state,
  'revision', guarantees.revision, 'validUntil', guarantees.valid_until,
  'reason', (select h.reason from guarantee_history h where h.guarantee_id = guarantees.id and h.number = guarantees.number),
  'company', json_build_object('id', c.id, 'slug', c.slug, 'nameJa', c.name_ja, 'nameEn', c.name_en), 'scope', ${scopeJson})`

/** Guarantees for a page, the newest first, of those that were ever in force. */
const besideWhere = (which: SQL) => sql`(
  select json_agg(${besideJson} order by guarantees.id desc) from guarantees join companies c on c.id = guarantees.company_id
  where guarantees.topic_id = ${topics.id} and ${which} and guarantees.in_force_since is not null)`

/** What was ever vouched for on one post, as one column of the statement that reads it with its topic. */
export const besidePost = sql<BesideGuarantee[] | null>`${besideWhere(sql`guarantees.post_id = ${posts.id}`)}`

/** Products and guarantees of a topic for its page, as one column of the topic's own statement. */
export const besideTopic = sql<BesideTopic>`json_build_object('products', ${productsBeside},
  'guarantees', ${besideWhere(sql`true`)},
  'versions', (select json_agg(json_build_object('id', v.id, 'productId', v.product_id, 'label', v.label, 'position', v.position) order by v.product_id, v.position desc)
    from product_versions v where v.product_id = any(${topics.productIds}) or v.product_id in (
      select s.product_id from guarantee_products s join ${guarantees} g on g.id = s.guarantee_id where g.topic_id = ${topics.id} and g.state = 'given')),
  'columns', (select json_object_agg(r.post_id, r.product_id) from product_reports r where r.topic_id = ${topics.id}))`

const line = {
  id: guarantees.id,
  code: guarantees.code,
  state: guarantees.state,
  stateAt: guarantees.stateAt,
  validUntil: guarantees.validUntil,
  renewalAskedAt: guarantees.renewalAskedAt,
  scope: scopeJson,
  topic: { id: topics.id, title: topics.title },
  post: { id: posts.id, excerpt: sql<string>`left(${posts.bodyText}, 120)` },
  writer: byline,
  company: { id: companies.id, slug: companies.slug, nameJa: companies.nameJa, nameEn: companies.nameEn },
}

const lines = (db: Db) =>
  db
    .select(line)
    .from(guarantees)
    .innerJoin(companies, eq(companies.id, guarantees.companyId))
    .innerJoin(topics, eq(topics.id, guarantees.topicId))
    .innerJoin(posts, eq(posts.id, guarantees.postId))
    .innerJoin(accounts, eq(accounts.id, posts.authorId))
export type GuaranteeLine = Awaited<ReturnType<typeof listGuarantees>>['rows'][number]

/** What of a company's guarantees is shown together: what waits for it, what is in force, what is over. */
export const GROUPS = ['waiting', 'given', 'over'] as const
export type Group = (typeof GROUPS)[number]

const IN_GROUP = {
  waiting: or(
    inArray(guarantees.state, ['asked', 'pending', 'suspended', 'expired']),
    sql`${guarantees.renewalAskedAt} is not null and ${guarantees.state} = 'given'`,
  ),
  given: eq(guarantees.state, 'given'),
  over: inArray(guarantees.state, ['revoked', 'recalled', 'declined']),
}

/** A company's guarantees of one group, the newest first. */
export async function listGuarantees(db: Db, companyId: number, group: Group, after?: string, size = 30) {
  const cursor = numberCursor(after)
  const rows = await lines(db)
    .where(and(eq(guarantees.companyId, companyId), IN_GROUP[group], cursor && sql`${guarantees.id} < ${cursor.id}`))
    .orderBy(desc(guarantees.id))
    .limit(size + 1)
  return pageOf(rows, size, last => ({ value: '0', id: last.id }))
}

/** How many guarantees wait for a company's people. */
export const countWaiting = (db: Db, companyId: number): Promise<number> =>
  db.$count(guarantees, and(eq(guarantees.companyId, companyId), IN_GROUP.waiting))

/** Answers of one's own that companies want to vouch for, or do: what waits for one's word first. */
export async function listOwnGuarantees(db: Db, actor: Actor, after?: string, size = 20): Promise<Page<GuaranteeLine>> {
  const cursor = numberCursor(after)
  const asked = sql<number>`case when ${guarantees.state} = 'asked' then 1 else 0 end`
  const rows = await lines(db)
    .where(
      and(
        eq(posts.authorId, actor.id),
        sql`${posts.companyId} is null`,
        cursor && sql`(${asked}, ${guarantees.id}) < (${Number(cursor.value)}::int, ${cursor.id}::bigint)`,
      ),
    )
    .orderBy(desc(asked), desc(guarantees.id))
    .limit(size + 1)
  return pageOf(rows, size, last => ({ value: last.state === 'asked' ? '1' : '0', id: last.id }))
}

/** A company's guaranteed answers as its page shows them, the newest first. */
export async function listGuaranteed(db: Db, companyId: number, after?: string, size = 10): Promise<Page<GuaranteeLine>> {
  const cursor = numberCursor(after)
  const rows = await lines(db)
    .where(
      and(
        eq(guarantees.companyId, companyId),
        eq(guarantees.state, 'given'),
        sql`${topics.visibility} = 'public' and ${topics.hiddenAt} is null and ${topics.withdrawnAt} is null and ${posts.hiddenAt} is null and ${posts.withdrawnAt} is null`,
        cursor && sql`${guarantees.id} < ${cursor.id}`,
      ),
    )
    .orderBy(desc(guarantees.id))
    .limit(size + 1)
  return pageOf(rows, size, last => ({ value: '0', id: last.id }))
}

/** Versions of products by their names, the newest first. */
export async function versionLabels(db: Db, ids: number[]): Promise<string[]> {
  if (ids.length === 0) return []
  const rows = await db
    .select({ label: productVersions.label })
    .from(productVersions)
    .where(inArray(productVersions.id, ids))
    .orderBy(desc(productVersions.position))
  return rows.map(({ label }) => label)
}

/** A guarantee of this company by its code, for its people. Throws Missing. */
export async function findCompanyGuarantee(db: Db, company: { id: number }, code: string): Promise<Guarantee> {
  const guarantee = await findGuarantee(db, code)
  if (guarantee.companyId !== company.id) throw new Missing()
  return guarantee
}

/** The guarantee that vouches for an answer, or is about to, in a company's name. */
export async function standingGuarantee(db: Db, companyId: number, postId: number): Promise<GuaranteeRow | undefined> {
  const [row] = await db
    .select()
    .from(guarantees)
    .where(
      and(
        eq(guarantees.postId, postId),
        eq(guarantees.companyId, companyId),
        sql`${guarantees.state} not in ('revoked', 'recalled', 'declined')`,
      ),
    )
  return row
}
