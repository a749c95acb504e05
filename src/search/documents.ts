import { and, between, eq, gt, isNull, ne, or, type SQL, sql } from 'drizzle-orm'
import { accounts } from '../accounts/schema.ts'
import type { Db } from '../platform/db.ts'
import { prepared } from '../platform/prepared.ts'
import type { SearchDocument, SearchEngine } from '../platform/search/engine.ts'
import { posts, topics } from '../topics/schema.ts'
import { looseKey, plainKey } from './engine_query.ts'
import { searchBoosts } from './schema.ts'

const documentId = (post: { id: number }) => `post-${post.id}`

/** Brings what the engine knows of a topic up to date: its opening and each answer are documents of their own. Safe to repeat. */
export const refreshTopicDocuments = (db: Db, engine: SearchEngine, topicId: number) => refreshWhere(db, engine, eq(topics.id, topicId))

/** Brings these posts up to date; their topics' other documents stay as they are. Safe to repeat. */
export const refreshPostDocuments = (db: Db, engine: SearchEngine, postIds: readonly number[]) =>
  refreshDocuments(engine, () => readSomePosts(db).execute({ postIds }))

/** The same for a post and its topic's opening. */
export const refreshHelpfulDocuments = (db: Db, engine: SearchEngine, topicId: number, postId: number) =>
  refreshWhere(db, engine, and(eq(topics.id, topicId), or(eq(posts.id, postId), eq(posts.id, topics.openingId))))

/** The same for all topics whose ids lie between two, both included. Returns how many documents there are. */
export const refreshDocumentsBetween = (db: Db, engine: SearchEngine, first: number, last: number) =>
  refreshWhere(db, engine, between(topics.id, first, last))

/** The same for documents by their ids. */
export const refreshDocumentsByIds = (db: Db, engine: SearchEngine, ids: readonly string[]) => refreshWhere(db, engine, haveIds(ids))

/** What the documents with these ids say now; one that may not be found has none. */
export const documentsByIds = (db: Db, ids: readonly string[]) => documentsWhere(db, haveIds(ids))

/** The documents of all topics whose ids lie between two, both included. */
export const documentsBetween = (db: Db, first: number, last: number) => documentsWhere(db, between(topics.id, first, last))

/** Those of `ids` that no document has, or none that may be found. */
export async function idsWithoutDocument(db: Db, ids: readonly string[]): Promise<string[]> {
  const rows = await db
    .select({ id: posts.id })
    .from(posts)
    .innerJoin(topics, eq(topics.id, posts.topicId))
    .where(and(haveIds(ids), mayBeFound))
  const there = new Set(rows.map(documentId))
  return ids.filter(id => !there.has(id))
}

/** How many documents there should be. */
export async function countDocuments(db: Db): Promise<number> {
  const [row] = await db
    .select({ documents: sql<number>`count(*)::int` })
    .from(posts)
    .innerJoin(topics, eq(topics.id, posts.topicId))
    .where(mayBeFound)
  return row?.documents ?? 0
}

/** Ids of some hundred documents from here and there, as a sample. */
export async function sampleDocumentIds(db: Db): Promise<string[]> {
  const rows = await db.execute<{ id: number }>(sql`
    select distinct post.id
    from (select floor(random() * newest.id)::bigint as id from (select max(id) as id from posts) newest, generate_series(1, 20)) start
    cross join lateral (select id from posts where id > start.id and kind <> 'comment' order by id limit 10) post`)
  return rows.map(documentId)
}

function haveIds(ids: readonly string[]): SQL {
  const postIds = ids.map(id => Number(id.replace('post-', ''))).filter(Number.isSafeInteger)
  return sql`${posts.id} = any(${sql.param(postIds)}::bigint[])`
}

/** The same for all topics of a board and of the boards below it. */
export const refreshBoardDocuments = (db: Db, engine: SearchEngine, boardId: number) =>
  refreshSomeAtATime(db, engine, or(eq(topics.boardId, boardId), eq(topics.rootBoardId, boardId)))

/** The same for all topics that name a product. */
export const refreshProductDocuments = (db: Db, engine: SearchEngine, productId: number) =>
  refreshSomeAtATime(db, engine, sql`${topics.id} in (select topic_id from topic_products where product_id = ${productId})`)

async function refreshSomeAtATime(db: Db, engine: SearchEngine, chosen: SQL | undefined): Promise<void> {
  for (let last = 0; ; ) {
    const next = and(chosen, gt(topics.id, last))
    const rows = await db.select({ id: topics.id }).from(topics).where(next).orderBy(topics.id).limit(TOPICS_TOGETHER)
    const ids = rows.map(row => row.id)
    if (ids.length === 0) return
    await refreshWhere(db, engine, sql`${topics.id} = any(${sql.param(ids)}::bigint[])`)
    last = ids.at(-1) ?? 0
  }
}

/** The same for these topics. */
export const refreshDocumentsOf = (db: Db, engine: SearchEngine, topicIds: readonly number[]) =>
  refreshSomeAtATime(db, engine, sql`${topics.id} = any(${sql.param([...topicIds])}::bigint[])`)

/** The same for everything one person wrote: what stands beside his name has changed. */
export async function refreshAuthorDocuments(db: Db, engine: SearchEngine, authorId: number): Promise<void> {
  for (let last = 0; ; ) {
    const own = and(eq(posts.authorId, authorId), gt(posts.id, last))
    const rows = await db.select({ id: posts.id }).from(posts).where(own).orderBy(posts.id).limit(TOPICS_TOGETHER)
    const ids = rows.map(row => row.id)
    if (ids.length === 0) return
    await refreshWhere(db, engine, sql`${posts.id} = any(${sql.param(ids)}::bigint[])`)
    last = ids.at(-1) ?? 0
  }
}

const refreshWhere = (db: Db, engine: SearchEngine, chosen: SQL | undefined) => refreshDocuments(engine, () => readPosts(db, chosen))

/**
 * What may be found is put, what is hidden or withdrawn goes. Another job may have put newer words while this one still held older
 * ones, so what was put is looked at once more: whoever ends last leaves what stands.
 */
async function refreshDocuments(engine: SearchEngine, read: () => Promise<PostRead[]>): Promise<number> {
  const rows = await read()
  const gone = rows.filter(row => !row.isFound).map(({ post }) => documentId(post))
  if (gone.length > 0) await engine.remove(gone)
  let documents = documentsIn(rows)
  for (let again = 0; again < MOST_AGAIN && documents.length > 0; again++) {
    for (let at = 0; at < documents.length; at += TOGETHER) await engine.put(documents.slice(at, at + TOGETHER))
    if (documents.length > TOGETHER) break
    const now = documentsIn(await read())
    const same = JSON.stringify(now) === JSON.stringify(documents)
    const left = documents.filter(document => !now.some(other => other.id === document.id)).map(document => document.id)
    if (left.length > 0) await engine.remove(left)
    documents = now
    if (same) break
  }
  return documents.length
}

const MOST_AGAIN = 5
const TOPICS_TOGETHER = 200
/** Versions of one document that results are narrowed by. */
const MOST_VERSIONS = 60

/** The opening of an imported question that is all in its title: each answer carries the title, and is what the reader wants. */
const isAllTitle = sql`(${posts.bodyText} = '' and ${topics.tags} = '{}' and ${topics.answerCount} > 0)`

/** How many readers an answer helped, by whichever of the two ways of saying so more of them took. */
const helped = (post: string) => sql.raw(`greatest(${post}.helpful_count, coalesce((${post}.fixes -> 'all' ->> 'fixed')::int, 0))`)

/** How many readers a post helped; a question's opening stands for the answer that helped most. */
const helpfulOf = sql<number>`case when ${posts.kind} = 'answer' then ${helped('posts')} else greatest(${posts.helpfulCount},
  (select max(${helped('a')}) from posts a where a.topic_id = ${posts.topicId} and a.kind = 'answer' and a.hidden_at is null and a.withdrawn_at is null)) end`

/** The year on Japanese calendars. */
const yearIn = (at: Date) => String(new Date(at.getTime() + 9 * 3_600_000).getUTCFullYear())

/** Of a post and its topic. Comments are not documents. */
const mayBeFound = and(
  isNull(topics.hiddenAt),
  isNull(topics.withdrawnAt),
  isNull(topics.unlistedAt),
  isNull(posts.hiddenAt),
  isNull(posts.withdrawnAt),
  sql`${posts.kind} <> 'comment'`,
  sql`not ${isAllTitle}`,
)

/** Documents handed to the engine at once. */
const TOGETHER = 500

/** Documents that may be found at all; what is hidden or withdrawn has none. */
const documentsWhere = async (db: Db, chosen: SQL | undefined) => documentsIn(await readPosts(db, and(chosen, mayBeFound)))

type PostRead = Awaited<ReturnType<typeof readPosts>>[number]

/** Posts with all that a document says of them, and whether they may be found. What an asker added belongs to his opening. */
const readPosts = (db: Db, chosen: SQL | undefined) =>
  db
    .select({
      post: { id: posts.id, kind: posts.kind, text: posts.bodyText, createdAt: posts.createdAt },
      isFound: sql<boolean>`(${mayBeFound})`,
      helpful: helpfulOf,
      boost: searchBoosts.boost,
      certified: sql<boolean>`${accounts.certification} is not null and ${accounts.closedAt} is null and ${posts.kind} = 'answer'`,
      topic: {
        id: topics.id,
        title: topics.title,
        tags: topics.tags,
        visibility: topics.visibility,
        rootBoardId: topics.rootBoardId,
        boardId: topics.boardId,
        kind: topics.kind,
        solvedAt: topics.solvedAt,
        guaranteedAt: topics.guaranteedAt,
      },
      author: { handle: accounts.handle, name: accounts.name, closedAt: accounts.closedAt },
      products: sql<string[]>`array(select p.name_ja from products p where p.id = any(${topics.productIds}) order by p.id)`,
      names: sql<string[]>`case when ${posts.kind} = 'opening' then array(select unnest(array[p.name_ja, p.name_en] || p.aliases || p.keys)
        from products p where p.id = any(${topics.productIds}) order by p.id) else '{}' end`,
      versions,
      makers: sql<string[]>`array(select c.name_ja from companies c where c.id = any(${topics.companyIds}) order by c.id)`,
      added: sql<string | null>`(select string_agg(a.body, E'\\n' order by a.id) from addenda a where a.post_id = ${posts.id})`,
    })
    .from(posts)
    .innerJoin(topics, eq(topics.id, posts.topicId))
    .innerJoin(accounts, eq(accounts.id, posts.authorId))
    .leftJoin(searchBoosts, eq(searchBoosts.topicId, topics.id))
    .where(and(chosen, ne(posts.kind, sql`'comment'`)))

/** Versions a topic is about, each with its product's name: those it names, and all that an answer in it is guaranteed for. */
const versions = sql<string[]>`case when ${topics.productIds} = '{}' and ${topics.guaranteedAt} is null then '{}' else array(
  select p.name_ja || ' ' || v.label from topic_products n join products p on p.id = n.product_id join product_versions v on v.id = n.version_id
  where n.topic_id = ${topics.id}
  union select p.name_ja || ' ' || v.label from guarantees g join guarantee_products s on s.guarantee_id = g.id join products p on p.id = s.product_id
    join product_versions v on v.product_id = p.id
    left join product_versions f on f.id = s.from_version_id left join product_versions u on u.id = s.to_version_id
  where g.topic_id = ${topics.id} and g.state = 'given'
    and v.position between coalesce(f.position, v.position) and coalesce(u.position, v.position)
  order by 1 limit ${sql.raw(String(MOST_VERSIONS))}) end`

const readSomePosts = prepared(db =>
  readPosts(db, sql`${posts.id} = any(${sql.placeholder('postIds')}::bigint[])`).prepare('search_documents'),
)

function documentsIn(rows: PostRead[]): SearchDocument[] {
  return rows
    .filter(row => row.isFound)
    .map(({ post, topic, author, products, names, versions, makers, added, helpful, boost, certified }) => ({
      id: documentId(post),
      group: String(topic.id),
      title: topic.title,
      body: post.kind === 'opening' ? [post.text, added, topic.tags.join(' '), names.join(' ')].filter(Boolean).join('\n') : post.text,
      visibility: topic.visibility,
      filters: {
        board: [String(topic.rootBoardId), String(topic.boardId)],
        kind: topic.kind,
        solved: topic.solvedAt !== null,
        guaranteed: topic.guaranteedAt !== null,
        tag: topic.tags.map(plainKey),
        author: author.closedAt ? [] : [plainKey(author.handle), plainKey(author.name)],
        part: post.kind,
        certified,
        year: yearIn(post.createdAt),
        product: products,
        version: versions,
        productKey: products.map(looseKey),
        company: makers,
        companyKey: makers.map(looseKey),
      },
      createdAt: post.createdAt,
      helpful,
      ...(boost && { boost }),
    }))
}
