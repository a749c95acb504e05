import { asc, eq, sql } from 'drizzle-orm'
import { type Actor, speaksFor } from '../accounts/actor.ts'
import type { Kind } from '../boards/schema.ts'
import type { Db } from '../platform/db.ts'
import { ensure, Invalid } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import { ask, type TopicDraft } from '../topics/asking.ts'
import { type Edit, editPost } from '../topics/editing.ts'
import type { Post } from '../topics/page_queries.ts'
import type { Topic } from '../topics/queries.ts'
import { type TopicRow, topics } from '../topics/schema.ts'
import { canClaimTopic, canNameProducts } from './policy.ts'
import { readNames } from './product_names.ts'
import { findNamed, type Named } from './product_queries.ts'
import { topicProducts } from './schema.ts'

export const MOST_PRODUCTS = 5
type Nameable = Pick<TopicRow, 'id' | 'boardId' | 'authorId' | 'companyIds'>

/** Asks about products, named as people call them. What can be read of the names is checked before anything is written. */
export async function askAbout(db: Db, actor: Actor, draft: TopicDraft & { products: string }): Promise<TopicRow> {
  const named = await readProducts(db, draft.products)
  ensureEnough(draft.kind, named)
  if (named.length === 0) return ask(db, actor, draft)
  return db.transaction(async tx => {
    const topic = await ask(tx, actor, draft)
    await replaceProducts(tx, actor, topic, named)
    return topic
  })
}

/** Edits a post and, where it opens a topic, says anew which products that is about. Both or neither. */
export async function editAbout(db: Db, actor: Actor, post: Post, { products, ...edit }: Edit & { products?: string }): Promise<void> {
  if (post.kind !== 'opening' || products === undefined) return editPost(db, actor, post, edit)
  ensure(canNameProducts(actor, post.topic), 'errors.refused')
  const named = await readProducts(db, products)
  ensureEnough(post.topic.kind, named, post.topic.productIds.length)
  await db.transaction(async tx => {
    await editPost(tx, actor, post, edit)
    await replaceProducts(tx, actor, post.topic, named)
  })
}

/** Names what a topic is about, instead of what was named before; a company only adds its own. Throws Refused, Invalid at `products`. */
export async function nameProducts(db: Db, actor: Actor, topic: Topic, typed: string): Promise<void> {
  const mayAll = canNameProducts(actor, topic)
  ensure(mayAll || canClaimTopic(actor), 'errors.refused')
  const named = await readProducts(db, typed)
  ensureEnough(topic.kind, named, topic.productIds.length)
  await db.transaction(tx => replaceProducts(tx, actor, topic, named, { addsOnly: !mayAll }))
}

/** What is compared is two products or more. A topic from elsewhere that never named them is left in peace. */
function ensureEnough(kind: Kind, named: Named[], before = 2): void {
  if (kind === 'comparison' && named.length < 2 && before >= 2) throw new Invalid({ products: 'compare.errors.two' })
}

/** A company neither takes a topic from its product's page nor speaks for others' products. */
function ensureOnlyAdded(actor: Actor, before: Pick<Named, 'productId' | 'versionId'>[], named: Named[]): void {
  const isAllThere = before.every(was => named.some(is => is.productId === was.productId && is.versionId === was.versionId))
  const added = named.filter(({ productId }) => !before.some(was => was.productId === productId))
  if (!isAllThere || !added.every(({ companyId }) => speaksFor(actor, companyId)))
    throw new Invalid({ products: 'companies.naming.onlyAdd' })
}

/** The products a text names: each by its name, alias or model number, with its company's name before it or its version behind it. */
export async function readProducts(db: Db, typed: string): Promise<Named[]> {
  const names = readNames(typed, MOST_PRODUCTS + 1)
  if (names.length > MOST_PRODUCTS) throw new Invalid({ products: { key: 'companies.products.tooMany', values: { most: MOST_PRODUCTS } } })
  const found = await findNamed(db, names)
  for (const [index, matches] of found.entries()) {
    const name = names[index] ?? ''
    if (matches.length === 0) throw new Invalid({ products: { key: 'companies.products.unknown', values: { name } } })
    if (matches.length > 1)
      throw new Invalid({ products: { key: 'companies.products.several', values: { name, names: matches.map(fullName).join('\u3001') } } })
  }
  return [...new Map(found.flatMap(([one]) => (one ? [[one.productId, one] as const] : []))).values()]
}

const fullName = ({ companyNameJa, nameJa }: Named) => `${companyNameJa} ${nameJa}`

/**
 * The topic's row is locked first, as everywhere. What people of a newly named company have written there as members is labelled from
 * now on; no label ever goes.
 */
async function replaceProducts(tx: Db, actor: Actor, topic: Nameable, named: Named[], { addsOnly = false } = {}): Promise<void> {
  await tx.select({ id: topics.id }).from(topics).where(eq(topics.id, topic.id)).for('update')
  const before = await tx
    .select({ productId: topicProducts.productId, versionId: topicProducts.versionId })
    .from(topicProducts)
    .where(eq(topicProducts.topicId, topic.id))
    .orderBy(asc(topicProducts.position))
  if (addsOnly) ensureOnlyAdded(actor, before, named)
  const after = named.map(({ productId, versionId }) => ({ productId, versionId }))
  if (JSON.stringify(before) === JSON.stringify(after)) return
  await tx.delete(topicProducts).where(eq(topicProducts.topicId, topic.id))
  if (after.length > 0)
    await tx
      .insert(topicProducts)
      .values(after.map((product, index) => ({ ...product, topicId: topic.id, position: index, namedById: actor.id })))
  const companyIds = [...new Set(named.map(({ companyId }) => companyId))]
  const productIds = after.map(({ productId }) => productId)
  await tx.update(topics).set({ productIds, companyIds }).where(eq(topics.id, topic.id))
  await labelRelated(tx, topic.id, companyIds)
  const touched = [...new Set([...before, ...after].map(({ productId }) => productId))]
  await record(tx, 'topic.products_named', { topicId: topic.id, boardId: topic.boardId, actorId: actor.id, productIds: touched })
}

/** Who worked for one of these companies when he wrote as a member is labelled as related now; the topic's own line follows its opening. */
async function labelRelated(tx: Db, topicId: number, companyIds: number[]): Promise<void> {
  if (companyIds.length === 0) return
  await tx.execute(sql`
    update posts set capacity = json_build_object('as', 'related', 'companyId', c.id, 'slug', c.slug, 'nameJa', c.name_ja, 'nameEn', c.name_en)
    from company_members m join companies c on c.id = m.company_id
    where posts.topic_id = ${topicId} and posts.capacity is null and m.account_id = posts.author_id
      and m.company_id = any(${sql.param(companyIds)}::bigint[]) and m.since <= posts.created_at and (m.left_at is null or m.left_at > posts.created_at)`)
  await tx.execute(sql`
    update topics set capacity = p.capacity from posts p where topics.id = ${topicId} and p.id = topics.opening_id and topics.capacity is null and p.capacity is not null`)
}
