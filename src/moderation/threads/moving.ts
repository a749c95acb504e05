import { eq } from 'drizzle-orm'
import type { Actor } from '../../accounts/actor.ts'
import { findOpenBoard } from '../../boards/queries.ts'
import { type BoardRow, boards } from '../../boards/schema.ts'
import type { Db } from '../../platform/db.ts'
import { Conflict, ensure, Invalid } from '../../platform/errors.ts'
import { record } from '../../platform/outbox.ts'
import { canTend } from '../../topics/policy.ts'
import type { Topic } from '../../topics/queries.ts'
import { type TopicRow, topics } from '../../topics/schema.ts'
import type { ThreadChange } from './schema.ts'
import { countTopics, lockTended, note, readReason } from './tending.ts'

/** Moves a topic to another board that takes its kind. Throws Refused, Conflict, Invalid at `boardId` or `reason`. */
export async function moveTopic(
  db: Db,
  actor: Actor,
  topic: Topic,
  { boardId, reason }: { boardId: number; reason: string },
): Promise<void> {
  ensure(canTend(actor, topic), 'errors.refused')
  const why = readReason(reason)
  const board = await findOpenBoard(db, actor, boardId).catch(() => {
    throw new Invalid({ boardId: 'topics.board.choose' })
  })
  if (!board.kinds.includes(topic.kind)) throw new Invalid({ boardId: 'topics.kind.notHere' })
  if (board.id === topic.boardId) throw new Invalid({ boardId: 'threads.errors.sameBoard' })
  await db.transaction(async tx => {
    const [standing] = await lockTended(tx, actor, topic.id)
    if (!standing || standing.boardId !== topic.boardId) throw new Conflict('threads.errors.changedMeanwhile')
    await place(tx, actor, standing, board)
    await note(tx, actor, standing, { deed: 'moved', reason: why, before: { boardId: topic.boardId } })
  })
}

/** Back to the board it came from. */
export async function undoMove(tx: Db, actor: Actor, topic: TopicRow, { before }: ThreadChange): Promise<void> {
  const [board] = await tx
    .select()
    .from(boards)
    .where(eq(boards.id, before.boardId ?? 0))
  if (!board) throw new Conflict('threads.errors.changedMeanwhile')
  await place(tx, actor, topic, board)
}

async function place(tx: Db, actor: Actor, topic: TopicRow, board: BoardRow): Promise<void> {
  const { id: boardId, visibility } = board
  await tx
    .update(topics)
    .set({ boardId, rootBoardId: board.parentId ?? boardId, visibility })
    .where(eq(topics.id, topic.id))
  if (!topic.hiddenAt && !topic.withdrawnAt) {
    await countTopics(tx, topic.boardId, -1)
    await countTopics(tx, boardId, 1)
  }
  await record(tx, 'topic.moved', { topicId: topic.id, boardId, fromBoardId: topic.boardId, actorId: actor.id })
}
