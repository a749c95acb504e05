import { type Actor, canWrite, isGuest, isOperator, visibleTo } from './accounts/actor.ts'
import { livingSessions, type Sessions } from './accounts/sessions.ts'
import { findBoardById } from './boards/queries.ts'
import type { EventName, EventOf } from './events.ts'
import type { Db } from './platform/db.ts'
import type { LiveOptions, Move, Right } from './platform/live/live.ts'
import { findSight } from './topics/queries.ts'

/** Who sits before an open page: an actor, and what he proved it with. */
export type Reader = { actor: Actor; token: string | undefined }

/** After these, the counts of one post are others; nothing else. */
const COUNTS = new Set<EventName>(['reaction.given', 'reaction.withdrawn', 'fix.given', 'fix.withdrawn'])
/** What a topic's page shows, and nobody's right to see it hangs on. */
const TALK = new Set<EventName>([
  'answer.posted',
  'comment.posted',
  'addendum.added',
  'post.edited',
  'topic.changed',
  'topic.slowed',
  'topic.unslowed',
  'topic.heated',
  'topic.cooled',
  'topic.rested',
  'topic.woken',
  'best_answer.picked',
  'best_answer.unpicked',
])
/** A topic is in their data, but its page does not show it. */
const BESIDE = new Set<EventName>([
  'ask.deflected',
  'post.flagged',
  'mentor.called',
  'inbox.overdue',
  'inbox.handed_back',
  'edit.suggested',
  'suggestion.declined',
  'answer.failing',
])

/** Which open pages an event moves. They hear no more than that: a name would tell what a moderator does. */
export function movesAfter({ name, data }: EventOf): Move[] {
  if (name.startsWith('review.')) return [{ subject: 'review', name: 'changed' }]
  if (!('topicId' in data) || BESIDE.has(name)) return []
  const topic = `topic:${data.topicId}`
  if (COUNTS.has(name) && 'postId' in data) return [{ subject: topic, name: 'counted', post: data.postId }]
  const moved = { subject: topic, name: 'changed' }
  return name === 'topic.asked' && 'boardId' in data
    ? ['lists', `board:${data.boardId}`].map(subject => ({ subject, name: 'changed' }))
    : [moved]
}

/** Whose rights an event may have changed: to which subjects, and of which account. */
export function rightsAfter({ name, data }: EventOf): { subjects: string[]; accountId?: number } {
  const accountId = 'accountId' in data ? data.accountId : undefined
  if (name === 'board.changed') return { subjects: [`board:${data.boardId}`] }
  if (!('topicId' in data) || BESIDE.has(name) || COUNTS.has(name) || TALK.has(name)) return { subjects: [], accountId }
  return { subjects: [`topic:${data.topicId}`], accountId }
}

/** What open pages may follow, and who. */
export const readersRights = (db: Db): Pick<LiveOptions<Reader>, 'rightTo' | 'roomOf' | 'mayWrite'> => ({
  roomOf: ({ actor }, subject) => (subject === 'bell' ? `bell:${actor.id}` : subject),
  mayWrite: ({ actor }) => canWrite(actor),
  async rightTo(room) {
    const [kind = '', id] = room.split(':')
    return RIGHTS[kind]?.(db, Number(id))
  },
})

const RIGHTS: Record<string, (db: Db, id: number) => Promise<Right<Reader> | undefined>> = {
  lists: async () => () => true,
  bell:
    async (_, id) =>
    ({ actor }) =>
      !isGuest(actor) && actor.id === id,
  review:
    async () =>
    ({ actor }) =>
      isOperator(actor) || actor.moderates.length > 0,
  topic: async (db, id) => {
    const sees = await findSight(db, id)
    return sees && (({ actor }) => sees(actor))
  },
  board: async (db, id) => {
    const board = await findBoardById(db, id)
    return board && (({ actor }) => visibleTo(actor).includes(board.visibility))
  },
}

/** Who these readers are now: one whose log-in has ended is nobody any more. A guest stays who he is. */
export function lookAgain(sessions: Sessions) {
  return (readers: Reader[]): Promise<(Reader | undefined)[]> =>
    Promise.all(
      readers.map(async reader => {
        if (!reader.token) return reader
        const actor = await sessions.validate(reader.token)
        return actor && { ...reader, actor }
      }),
    )
}

/** Those whose log-in still lives are who they were; asked once a minute for all lines together. */
export function lookForEnded(db: Db) {
  return async (readers: Reader[]): Promise<(Reader | undefined)[]> => {
    const living = await livingSessions(db, [...new Set(readers.map(({ actor }) => actor.sessionId))])
    return readers.map(reader => (living.has(reader.actor.sessionId) ? reader : undefined))
  }
}
