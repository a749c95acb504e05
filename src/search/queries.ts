import { type Actor, visibleTo } from '../accounts/actor.ts'
import type { Board } from '../boards/queries.ts'
import type { TopicProduct } from '../companies/product_queries.ts'
import type { Db } from '../platform/db.ts'
import type { SearchEngine } from '../platform/search/engine.ts'
import { excerptOf, markMatches, quoteOf, type ExcerptSegment as Segment } from '../platform/search/excerpt.ts'
import type { Capacity } from '../topics/capacity.ts'
import { listTopics, type TopicLine, topicsByIds } from '../topics/queries.ts'
import { type QuotedPost, quotedPosts } from './answer_queries.ts'
import { type Asked, FACETS, wordsOf } from './asked.ts'
import { engineQueryOf } from './engine_query.ts'
import { type Claim, claimOf, leadOf, nearestOf } from './leading.ts'

/** One topic that was found: the post that fits best, the sentence that says so. */
export type Found = {
  topic: TopicLine
  postId: number
  isAnswer: boolean
  helpfulCount: number
  capacity: Capacity | null
  products: TopicProduct[]
  title: Segment[]
  excerpt: Segment[]
}
/** The answer above all results. */
export type Lead = { topic: TopicLine; post: QuotedPost; claim: Claim; quote: ReturnType<typeof quoteOf> }

const PAGE = 20
/** Letters of the answer on top. */
const QUOTED = 150

/**
 * Searches as this actor may see: ids come from the engine, rows are read again through the topics' own queries,
 * so what was hidden a moment ago never comes out. Undefined when nothing was asked.
 */
export async function searchForum(db: Db, engine: SearchEngine, actor: Actor, asked: Asked, boards: Board[]) {
  const query = engineQueryOf(asked, boards)
  if (!query) return asked.tag ? listTagged(db, actor, asked.tag, asked.after) : undefined
  const { marks, cut, ...wanted } = query
  const { hits, ...found } = await engine.search({
    ...wanted,
    visibility: visibleTo(actor),
    limit: asked.limit ?? PAGE,
    after: asked.after,
    distinct: true,
    facets: FACETS,
  })
  const looked = [...marks, ...(found.also ?? [])]
  const near = asked.after || wanted.sort !== 'fit' ? [] : nearestOf(hits)
  const topicIds = near.map(hit => Number(hit.group))
  const [topics, posts] = await Promise.all([
    topicsByIds(
      db,
      actor,
      hits.map(hit => Number(hit.group)),
    ),
    quotedPosts(db, actor, { postIds: hits.map(postIdOf), topicIds }),
  ])
  const results = hits.flatMap((hit): Found[] => {
    const topic = topics.get(Number(hit.group))
    const post = posts.find(({ id }) => id === postIdOf(hit))
    if (!topic || !post) return []
    return [
      {
        topic,
        postId: post.id,
        isAnswer: post.kind === 'answer',
        helpfulCount: post.helpfulCount,
        capacity: post.capacity,
        products: post.products ?? [],
        title: markMatches(topic.title, looked),
        excerpt: excerptOf(post.bodyText || topic.excerpt, looked),
      },
    ]
  })
  const nearTopics = topicIds.flatMap(id => topics.get(id) ?? [])
  return { ...found, cut: cut || found.cut, results, lead: leadAmong(nearTopics, posts, looked) }
}

const postIdOf = (hit: { id: string }) => Number(hit.id.replace('post-', ''))

/** The answer to show first, with the sentence of it that says most about the words. */
function leadAmong(topics: TopicLine[], posts: QuotedPost[], looked: readonly string[]): Lead | undefined {
  const candidates = topics.flatMap(topic =>
    posts.filter(post => post.topicId === topic.id).map(post => ({ topic, post, claim: claimOf(post, topic.kind) })),
  )
  const lead = leadOf(candidates)
  return lead && { ...lead, quote: quoteOf(lead.post.bodyText, looked, QUOTED) }
}

/** Everything with a tag, newest first: nothing is searched, so nothing is marked. */
async function listTagged(db: Db, actor: Actor, tag: string, after?: string) {
  const { rows, next } = await listTopics(db, actor, { list: 'new', tag, after, size: PAGE })
  const plain = (text: string): Segment[] => [{ text, marked: false }]
  const results = rows.map(
    (topic): Found => ({
      topic,
      postId: 0,
      isAnswer: false,
      helpfulCount: 0,
      capacity: topic.capacity,
      products: [],
      title: plain(topic.title),
      excerpt: plain(topic.excerpt),
    }),
  )
  return { results, next, total: undefined, exact: false, cut: false, terms: [], lead: undefined, facets: undefined, corrected: undefined }
}

type SimilarAsked = { limit: number; except?: number; solvedFirst: boolean }

/** Topics like a title, solved ones first; what the actor may not see is not among them. */
export async function findSimilar(
  db: Db,
  engine: SearchEngine,
  actor: Actor,
  title: string,
  { limit, except, solvedFirst }: SimilarAsked,
): Promise<TopicLine[]> {
  const hits = await engine.similar(title, {
    visibility: visibleTo(actor),
    limit: limit * 3,
    exceptGroup: except ? String(except) : undefined,
  })
  const topics = await topicsByIds(
    db,
    actor,
    hits.map(hit => Number(hit.group)),
  )
  const found = hits.flatMap(hit => topics.get(Number(hit.group)) ?? [])
  const inOrder = solvedFirst
    ? [...found.filter(topic => topic.solvedAt), ...found.filter(topic => !topic.solvedAt && topic.answerCount > 0)]
    : found
  return inOrder.slice(0, limit)
}

/** Letters from which on a title says what it is about. */
const TELLING = 3
const WHILE_ASKING = 5

/** Topics like a title somebody is typing, each with the sentence of its answer that fits, where there is one. */
export async function findSimilarAnswers(db: Db, engine: SearchEngine, actor: Actor, typed: string) {
  const title = wordsOf({ q: typed }).words
  const topics = title.length < TELLING ? [] : await findSimilar(db, engine, actor, title, { limit: WHILE_ASKING, solvedFirst: true })
  const posts = await quotedPosts(db, actor, { postIds: [], topicIds: topics.map(({ id }) => id) })
  return topics.map(topic => {
    const post = posts.find(({ topicId }) => topicId === topic.id)
    return { topic, post, sentence: post && excerptOf(post.bodyText, title) }
  })
}
export type SimilarAnswer = Awaited<ReturnType<typeof findSimilarAnswers>>[number]
