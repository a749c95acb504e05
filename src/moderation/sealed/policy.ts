import { type Actor, canWrite, speaksFor } from '../../accounts/actor.ts'
import type { TopicRow } from '../../topics/schema.ts'
import type { SealedNote } from './schema.ts'

/** Hand something to a company alone: whoever asked, as long as the topic is open. */
export const canSeal = (actor: Actor, topic: Pick<TopicRow, 'authorId' | 'closedAt' | 'companyIds'>) =>
  canWrite(actor) && topic.authorId === actor.id && !topic.closedAt && topic.companyIds.length > 0

/** Open it: the person of that company whom the question was given to, with a second step at log-in; nobody else there or here. */
export const canOpenSealed = (actor: Actor, note: Pick<SealedNote, 'companyId'>, assigneeId: number | null) =>
  speaksFor(actor, note.companyId) && assigneeId === actor.id
