import { eq, sql } from 'drizzle-orm'
import type { Actor } from '../../accounts/actor.ts'
import type { Db } from '../../platform/db.ts'
import { ensure, Invalid } from '../../platform/errors.ts'
import type { Sealing } from '../../platform/sealing.ts'
import type { Topic } from '../../topics/queries.ts'
import { withoutHidden } from '../../topics/writing.ts'
import { writeAudit } from '../audit.ts'
import { canOpenSealed, canSeal } from './policy.ts'
import type { FoundSealed } from './queries.ts'
import { sealedNotes } from './schema.ts'

export const SEALED_LETTERS = 500
const aboutOf = ({ topicId, companyId }: { topicId: number; companyId: number }) => `sealed:${topicId}:${companyId}`

/** Seals what must be passed on to a company the topic is about. Throws Refused, Invalid at `words` or `company`. */
export async function sealNote(
  db: Db,
  sealing: Sealing,
  actor: Actor,
  topic: Topic,
  { words: typed, companyId }: { words: string; companyId: number },
): Promise<void> {
  ensure(canSeal(actor, topic), 'errors.refused')
  const words = withoutHidden(typed.replace(/\r\n?/g, '\n')).trim()
  if (!words) throw new Invalid({ words: 'form.required' })
  if ([...words].length > SEALED_LETTERS) throw new Invalid({ words: { key: 'form.tooLong', values: { limit: SEALED_LETTERS } } })
  if (!topic.companyIds.includes(companyId)) throw new Invalid({ company: 'form.wrong' })
  const sealed = sealing.seal(words, aboutOf({ topicId: topic.id, companyId }))
  await db.insert(sealedNotes).values({ topicId: topic.id, companyId, authorId: actor.id, sealed })
}

/** Opens a sealed note for the person in charge; each opening is in the audit log before anything is shown. Throws Refused. */
export async function openSealed(db: Db, sealing: Sealing, actor: Actor, note: FoundSealed): Promise<string> {
  ensure(canOpenSealed(actor, note, note.assigneeId), 'sealed.errors.notInCharge')
  await db.transaction(async tx => {
    await tx.update(sealedNotes).set({ openedAt: sql`now()`, openedById: actor.id }).where(eq(sealedNotes.id, note.id))
    await writeAudit(tx, actor, 'sealed_opened', { subject: 'sealed', id: note.id }, { topic: note.topicId, company: note.companyId })
  })
  return sealing.unseal(note.sealed, aboutOf(note))
}

/** A topic that is over needs nothing of it any more. Safe to repeat. */
export async function emptySealed(db: Db, topicId: number): Promise<void> {
  await db.delete(sealedNotes).where(eq(sealedNotes.topicId, topicId))
}
