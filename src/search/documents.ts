import { and, between, eq, isNull, ne, type SQL, sql } from 'drizzle-orm'
import { accounts } from '../accounts/schema.ts'
import type { Db } from '../platform/db.ts'
import type { SearchDocument, SearchEngine } from '../platform/search/engine.ts'
import { posts, topics } from '../topics/schema.ts'

const documentId = (post: { id: number }) => `post-${post.id}`

/** Brings what the engine knows of a topic up to date: its opening and each answer are documents of their own. Safe to repeat. */
export async function refreshTopicDocuments(db: Db, engine: SearchEngine, topicId: number): Promise<void> {
  const documents = await documentsWhere(db, eq(topics.id, topicId))
  if (documents.length === 0) return engine.removeGroup(String(topicId))
  await engine.put(documents)
}

/** Brings one post up to date; its topic's other documents stay as they are. Safe to repeat. */
export async function refreshPostDocument(db: Db, engine: SearchEngine, topicId: number, postId: number): Promise<void> {
  const [document] = await documentsWhere(db, and(eq(topics.id, topicId), eq(posts.id, postId)))
  await (document ? engine.put([document]) : engine.remove([documentId({ id: postId })]))
}

/**
 * Brings up to date what the engine knows of the topics whose ids lie between two, both included: what may be found is put, what is
 * hidden or withdrawn goes. Returns how many documents there are. Safe to repeat.
 */
export async function refreshDocumentsBetween(db: Db, engine: SearchEngine, first: number, last: number): Promise<number> {
  const documents = await documentsWhere(db, between(topics.id, first, last))
  const standing = new Set(documents.map(document => document.id))
  const all = await db
    .select({ id: posts.id })
    .from(posts)
    .where(and(between(posts.topicId, first, last), ne(posts.kind, sql`'comment'`)))
  const gone = all.map(documentId).filter(id => !standing.has(id))
  if (gone.length > 0) await engine.remove(gone)
  for (let at = 0; at < documents.length; at += TOGETHER) await engine.put(documents.slice(at, at + TOGETHER))
  return documents.length
}

/** Documents handed to the engine at once. */
const TOGETHER = 500

/**
 * Documents that may be found at all; what is hidden or withdrawn has none. Comments are not documents, nor is the opening of an
 * imported question that is all in its title: each answer carries the title, and is what the reader wants.
 */
async function documentsWhere(db: Db, chosen: SQL | undefined): Promise<SearchDocument[]> {
  const rows = await db
    .select({
      post: { id: posts.id, kind: posts.kind, text: posts.bodyText, createdAt: posts.createdAt, guaranteedAt: posts.guaranteedAt },
      topic: topics,
      author: accounts.handle,
    })
    .from(posts)
    .innerJoin(topics, eq(topics.id, posts.topicId))
    .innerJoin(accounts, eq(accounts.id, posts.authorId))
    .where(
      and(
        chosen,
        isNull(topics.hiddenAt),
        isNull(topics.withdrawnAt),
        isNull(posts.hiddenAt),
        isNull(posts.withdrawnAt),
        sql`${posts.kind} <> 'comment'`,
        sql`not (${posts.bodyText} = '' and ${topics.tags} = '{}' and ${topics.answerCount} > 0)`,
      ),
    )
  return rows.map(({ post, topic, author }) => ({
    id: documentId(post),
    group: String(topic.id),
    title: topic.title,
    body: post.kind === 'opening' ? `${post.text}\n${topic.tags.join(' ')}` : post.text,
    visibility: topic.visibility,
    filters: {
      board: [String(topic.rootBoardId), String(topic.boardId)],
      kind: topic.kind,
      solved: topic.solvedAt !== null,
      guaranteed: topic.guaranteedAt !== null,
      tag: topic.tags.map(tag => tag.toLowerCase()),
      author,
      part: post.kind,
    },
    createdAt: post.createdAt,
  }))
}
