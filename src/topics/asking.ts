import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import { findOpenBoard } from '../boards/queries.ts'
import { boards, type Kind } from '../boards/schema.ts'
import type { Db } from '../platform/db.ts'
import { ensure, Invalid } from '../platform/errors.ts'
import { plainExcerpt } from '../platform/html.ts'
import { record } from '../platform/outbox.ts'
import { WAITING } from './answers.ts'
import { capacityOf, spokenAs } from './capacity.ts'
import { keyForOtherWords } from './drafts.ts'
import { keepWithinDay } from './limits.ts'
import { canAsk } from './policy.ts'
import { drafts, posts, type TopicRow, topics } from './schema.ts'
import { readTags, type Written, withoutHidden, write } from './writing.ts'

export const TITLE_LETTERS = { min: 6, max: 100 }
export type TopicDraft = {
  boardId: number
  kind: Kind
  title: string
  body: string
  tags: string
  draftKey: string
  company?: number
  held?: boolean
}

/**
 * Opens a topic in a board. Sending the same draft again returns the topic it became.
 * Throws Refused for those who may not write here, Invalid at the field.
 */
export async function ask(db: Db, actor: Actor, draft: TopicDraft): Promise<TopicRow> {
  const board = await findOpenBoard(db, actor, draft.boardId).catch(() => {
    throw new Invalid({ boardId: 'topics.board.choose' })
  })
  if (!board.kinds.includes(draft.kind)) throw new Invalid({ kind: 'topics.kind.notHere' })
  ensure(canAsk(actor, board, draft.kind), 'errors.cannotWrite')
  const capacity = capacityOf(actor, draft.company, { companyIds: [] })
  const title = readTitle(draft.title)
  const written = await write(db, draft.body)
  return db.transaction(async tx => {
    const rootBoardId = board.parentId ?? board.id
    const values = {
      boardId: board.id,
      rootBoardId,
      visibility: board.visibility,
      kind: draft.kind,
      title,
      excerpt: plainExcerpt(written.bodyText, 120),
      tags: readTags(draft.tags),
      authorId: actor.id,
      capacity,
      draftKey: draft.draftKey,
      ...(draft.held && { hiddenAt: sql`now()` }),
    }
    const { topic, isNew } = await insertOnce(tx, values, written.body)
    if (!isNew) return topic
    const opening = await open(tx, actor, topic, written)
    await keepWithinDay(tx, actor, board.id)
    if (!draft.held) await countTopic(tx, board.id)
    await tx.delete(drafts).where(and(eq(drafts.accountId, actor.id), eq(drafts.place, 'ask')))
    await (draft.held
      ? record(tx, 'post.held', { postId: opening, actorId: actor.id })
      : record(tx, 'topic.asked', { topicId: topic.id, boardId: board.id, actorId: actor.id, postId: opening }))
    return { ...topic, openingId: opening }
  })
}

/** One topic more in its board. */
export async function countTopic(tx: Db, boardId: number): Promise<void> {
  await tx
    .update(boards)
    .set({ topicCount: sql`${boards.topicCount} + 1` })
    .where(eq(boards.id, boardId))
}

type NewTopic = Omit<typeof topics.$inferInsert, 'hiddenAt'> & { draftKey: string; hiddenAt?: SQL }

/** Inserts a topic unless this draft has become one already: then that one is returned. Other words under its key are another topic. */
async function insertOnce(tx: Db, values: NewTopic, body: string): Promise<{ topic: TopicRow; isNew: boolean }> {
  const [inserted] = await tx
    .insert(topics)
    .values(values)
    .onConflictDoNothing({ target: [topics.authorId, topics.draftKey] })
    .returning()
  if (inserted) return { topic: inserted, isNew: true }
  const [asked] = await tx
    .select({ topic: topics, body: posts.body, revision: posts.revision })
    .from(topics)
    .innerJoin(posts, eq(posts.id, topics.openingId))
    .where(and(eq(topics.authorId, values.authorId), eq(topics.draftKey, values.draftKey)))
  if (!asked) throw new Error('a topic was neither inserted nor there')
  if (asked.revision > 1 || (asked.topic.title === values.title && asked.body === body)) return { topic: asked.topic, isNew: false }
  return insertOnce(tx, { ...values, draftKey: keyForOtherWords(values.draftKey, values.title, body) }, body)
}

async function open(tx: Db, actor: Actor, topic: TopicRow, written: Written): Promise<number> {
  const [opening] = await tx
    .insert(posts)
    .values({
      topicId: topic.id,
      kind: 'opening',
      authorId: actor.id,
      ...written,
      ...spokenAs(topic.capacity),
      ...(topic.hiddenAt && WAITING),
    })
    .returning({ id: posts.id })
  if (!opening) throw new Error('an opening was not inserted')
  const isFirst =
    topic.kind === 'question' &&
    sql`not exists (select from topics earlier where earlier.author_id = ${actor.id} and earlier.id < ${topic.id} and earlier.kind = 'question')`
  await tx.update(topics).set({ openingId: opening.id, isFirst }).where(eq(topics.id, topic.id))
  return opening.id
}

/** A title without line breaks and stray spaces. Throws Invalid when it is too short to find again, or too long. */
export function readTitle(text: string): string {
  const title = withoutHidden(text).replace(/\s+/gu, ' ').trim()
  const letters = [...title].length
  if (!/[^\s\u200d]/u.test(title)) throw new Invalid({ title: 'form.required' })
  if (letters < TITLE_LETTERS.min) throw new Invalid({ title: { key: 'topics.title.tooShort', values: { min: TITLE_LETTERS.min } } })
  if (letters > TITLE_LETTERS.max) throw new Invalid({ title: { key: 'form.tooLong', values: { limit: TITLE_LETTERS.max } } })
  return title
}
