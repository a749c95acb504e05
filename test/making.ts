import { randomBytes, randomUUID } from 'node:crypto'
import type { Actor } from '../src/accounts/actor.ts'
import { addBoard, type BoardDraft } from '../src/boards/boards.ts'
import type { BoardRow } from '../src/boards/schema.ts'
import type { Db } from '../src/platform/db.ts'
import { postAnswer } from '../src/topics/answers.ts'
import { ask, type TopicDraft } from '../src/topics/asking.ts'
import { postComment } from '../src/topics/comments.ts'
import { findPost, type Post } from '../src/topics/page_queries.ts'
import { findTopic, type Topic } from '../src/topics/queries.ts'
import { visitor } from './people.ts'

/** Sees and arranges everything, and stands in no table. */
export const anOperator: Actor = { ...visitor, role: 'operator', confirmed: true }

/** What the operator writes to make a board. */
export function boardDraft(draft: Partial<BoardDraft> = {}): BoardDraft {
  const slug = draft.slug ?? `b-${randomBytes(5).toString('hex')}`
  return {
    slug,
    parentId: null,
    nameJa: `広場 ${slug}`,
    nameEn: `Board ${slug}`,
    descriptionJa: '',
    descriptionEn: '',
    rulesJa: '',
    rulesEn: '',
    kinds: ['question', 'discussion', 'comparison', 'tip'],
    visibility: 'public',
    position: 0,
    moderators: [],
    ...draft,
  }
}

export const makeBoard = (db: Db, draft: Partial<BoardDraft> = {}): Promise<BoardRow> => addBoard(db, anOperator, boardDraft(draft))

/** What a member writes to ask in a board. */
export function topicDraft(board: { id: number }, draft: Partial<TopicDraft> = {}): TopicDraft {
  return {
    boardId: board.id,
    kind: 'question',
    title: '光回線が夜だけ遅くなります',
    body: '毎晩21時を過ぎると動画が止まります。何を調べればよいでしょうか。',
    tags: '',
    draftKey: randomUUID(),
    ...draft,
  }
}

/** A topic in a board, asked by `asker`. */
export async function makeTopic(db: Db, asker: Actor, board: { id: number }, draft: Partial<TopicDraft> = {}): Promise<Topic> {
  const { id } = await ask(db, asker, topicDraft(board, draft))
  return findTopic(db, anOperator, id)
}

export async function makeAnswer(db: Db, actor: Actor, topic: Topic, body = 'ルーターを再起動すると直りました。'): Promise<Post> {
  const { id } = await postAnswer(db, actor, topic, { body, draftKey: randomUUID() })
  return findPost(db, anOperator, id)
}

export async function makeComment(db: Db, actor: Actor, parent: Post, body = 'ありがとうございます、試してみます。'): Promise<Post> {
  const { id } = await postComment(db, actor, parent, { body, draftKey: randomUUID() })
  return findPost(db, anOperator, id)
}

/** The opening post of a topic. */
export const openingOf = (db: Db, topic: Topic): Promise<Post> => findPost(db, anOperator, topic.openingId ?? 0)

/** The topic or post as it stands now. */
export const topicNow = (db: Db, topic: { id: number }): Promise<Topic> => findTopic(db, anOperator, topic.id)
export const postNow = (db: Db, post: { id: number }): Promise<Post> => findPost(db, anOperator, post.id)
