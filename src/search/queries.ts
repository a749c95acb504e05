import { type Actor, visibleTo } from '../accounts/actor.ts'
import type { Board } from '../boards/queries.ts'
import { KINDS } from '../boards/schema.ts'
import type { Db } from '../platform/db.ts'
import type { SearchEngine, SearchFilters } from '../platform/search/engine.ts'
import { excerptOf, markMatches, type ExcerptSegment as Segment } from '../platform/search/excerpt.ts'
import { postsByIds } from '../topics/page_queries.ts'
import { listTopics, type TopicLine, topicsByIds } from '../topics/queries.ts'

export type Asked = { q?: string; board?: string; kind?: string; solved?: string; tag?: string; after?: string; limit?: number }
/** One topic that was found: the post that fits best, the sentence that says so. */
export type Found = { topic: TopicLine; postId: number; isAnswer: boolean; title: Segment[]; excerpt: Segment[] }

const PAGE = 20

/**
 * Searches as this actor may see: ids come from the engine, rows are read again through the topics' own queries,
 * so what was hidden a moment ago never comes out. Undefined when nothing was asked.
 */
export async function searchForum(db: Db, engine: SearchEngine, actor: Actor, asked: Asked, boards: Board[]) {
  const filters = filtersOf(asked, boards)
  const text = asked.q?.trim() ?? ''
  if (!text) return asked.tag ? listTagged(db, actor, asked.tag, asked.after) : undefined
  const { hits, ...found } = await engine.search({
    text,
    visibility: visibleTo(actor),
    filters,
    limit: asked.limit ?? PAGE,
    after: asked.after,
    distinct: true,
  })
  const postIds = hits.map(hit => Number(hit.id.replace('post-', '')))
  const [topics, posts] = await Promise.all([
    topicsByIds(
      db,
      actor,
      hits.map(hit => Number(hit.group)),
    ),
    postsByIds(db, postIds),
  ])
  const results = hits.flatMap((hit, index): Found[] => {
    const topic = topics.get(Number(hit.group))
    const post = posts.get(postIds[index] ?? 0)
    if (!topic || !post) return []
    return [
      {
        topic,
        postId: post.id,
        isAnswer: post.kind === 'answer',
        title: markMatches(topic.title, text),
        excerpt: excerptOf(post.bodyText || topic.excerpt, text),
      },
    ]
  })
  return { ...found, results }
}

/** Everything with a tag, newest first: nothing is searched, so nothing is marked. */
async function listTagged(db: Db, actor: Actor, tag: string, after?: string) {
  const { rows, next } = await listTopics(db, actor, { list: 'new', tag, after, size: PAGE })
  const plain = (text: string): Segment[] => [{ text, marked: false }]
  const results = rows.map(
    (topic): Found => ({ topic, postId: 0, isAnswer: false, title: plain(topic.title), excerpt: plain(topic.excerpt) }),
  )
  return { results, next, total: undefined, exact: false, cut: false, terms: [] }
}

/** Topics like a title, solved ones first; what the actor may not see is not among them. */
export async function findSimilar(
  db: Db,
  engine: SearchEngine,
  actor: Actor,
  title: string,
  { limit, except, solvedFirst }: { limit: number; except?: number; solvedFirst: boolean },
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

function filtersOf({ board, kind, solved, tag }: Asked, boards: Board[]): SearchFilters {
  const chosen = boards.find(each => each.slug === board)
  return {
    ...(chosen && { board: String(chosen.id) }),
    ...(KINDS.some(each => each === kind) && { kind }),
    ...((solved === 'yes' || solved === 'no') && { solved: solved === 'yes' }),
    ...(tag && { tag: tag.normalize('NFKC').toLowerCase() }),
  } as SearchFilters
}
