import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Actor } from '../../accounts/actor.ts'
import type { Kind } from '../../boards/schema.ts'
import type { Db } from '../../platform/db.ts'
import { Conflict, ensure, Invalid } from '../../platform/errors.ts'
import { plainExcerpt } from '../../platform/html.ts'
import { readTitle } from '../../topics/asking.ts'
import { canTend } from '../../topics/policy.ts'
import type { Topic } from '../../topics/queries.ts'
import { type PostRow, posts, type TopicRow, topics } from '../../topics/schema.ts'
import { takeBack, tellJoined, tellParted } from './merging.ts'
import type { ThreadChange } from './schema.ts'
import { bringAlong, countTopics, lockTended, note, readReason, recount } from './tending.ts'

export type Split = { postIds: number[]; title: string; kind: Kind; reason: string }

/**
 * Makes a topic of its own of some answers, with their comments: the earliest opens it. Throws Refused, Invalid at the fields,
 * Conflict when one of the answers is not there any more.
 */
export async function splitTopic(db: Db, actor: Actor, topic: Topic, { postIds, title: typed, kind, reason }: Split): Promise<TopicRow> {
  ensure(canTend(actor, topic), 'errors.refused')
  const [why, title] = [readReason(reason), readTitle(typed)]
  if (postIds.length === 0) throw new Invalid({ postIds: 'threads.errors.choosePosts' })
  if (!topic.board.kinds.includes(kind)) throw new Invalid({ kind: 'topics.kind.notHere' })
  return db.transaction(async tx => {
    const [standing] = (await lockTended(tx, actor, topic.id)) as [TopicRow]
    const chosen = await chosenPosts(tx, standing, postIds)
    const [first] = chosen as [PostRow]
    if (first.guaranteedAt) throw new Invalid({ postIds: 'threads.errors.guaranteedFirst' })
    const opened = await openWith(tx, standing, first, { title, kind })
    const went = await takeBack(
      tx,
      chosen.map(({ id }) => id),
      standing.id,
      opened.id,
    )
    await tx.update(posts).set({ kind: 'opening', askedAs: null }).where(eq(posts.id, first.id))
    await bringAlong(tx, went, opened.id)
    for (const { id } of [standing, opened]) await recount(tx, id)
    await countTopics(tx, opened.boardId, 1)
    await tellParted(tx, actor, standing, opened)
    await note(tx, actor, standing, { otherId: opened.id, deed: 'split', reason: why, before: { postIds: went, askedAs: first.askedAs } })
    return opened
  })
}

/** Puts everything in the new topic back among the answers of the old; its address leads there. */
export async function undoSplit(tx: Db, actor: Actor, from: TopicRow, opened: TopicRow, { before }: ThreadChange): Promise<void> {
  if (opened.hiddenAt || opened.withdrawnAt) throw new Conflict('threads.errors.changedMeanwhile')
  const back = await tx.update(posts).set({ topicId: from.id }).where(eq(posts.topicId, opened.id)).returning({ id: posts.id })
  await tx
    .update(posts)
    .set({ kind: 'answer', askedAs: before.askedAs ?? null })
    .where(eq(posts.id, opened.openingId ?? 0))
  await bringAlong(
    tx,
    back.map(({ id }) => id),
    from.id,
  )
  await tx.update(topics).set({ hiddenAt: sql`now()`, mergedIntoId: from.id }).where(eq(topics.id, opened.id))
  await recount(tx, from.id)
  await countTopics(tx, opened.boardId, -1)
  await tellJoined(tx, actor, opened, from)
}

async function chosenPosts(tx: Db, topic: TopicRow, ids: number[]): Promise<PostRow[]> {
  const standing = and(eq(posts.topicId, topic.id), eq(posts.kind, 'answer'), isNull(posts.hiddenAt), isNull(posts.withdrawnAt))
  const rows = await tx
    .select()
    .from(posts)
    .where(and(standing, inArray(posts.id, ids)))
    .orderBy(asc(posts.id))
  if (rows.length !== new Set(ids).size) throw new Conflict('threads.errors.changedMeanwhile')
  return rows
}

/** The new topic: in the same board, about the same products, by whoever wrote its first post. */
async function openWith(tx: Db, from: TopicRow, first: PostRow, { title, kind }: { title: string; kind: Kind }): Promise<TopicRow> {
  const { boardId, rootBoardId, visibility, productIds, companyIds } = from
  const { authorId, capacity, createdAt } = first
  const place = { boardId, rootBoardId, visibility, productIds, companyIds }
  const [opened] = await tx
    .insert(topics)
    .values({ ...place, authorId, capacity, createdAt, title, kind, openingId: first.id, excerpt: plainExcerpt(first.bodyText, 120) })
    .returning()
  if (!opened) throw new Error('a topic was not inserted')
  await tx.execute(sql`
    insert into topic_products (topic_id, product_id, version_id, position, named_by_id)
    select ${opened.id}, product_id, version_id, position, named_by_id from topic_products where topic_id = ${from.id}`)
  return opened
}
