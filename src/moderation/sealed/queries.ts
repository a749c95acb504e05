import { and, asc, eq, inArray } from 'drizzle-orm'
import type { Actor } from '../../accounts/actor.ts'
import { accounts } from '../../accounts/schema.ts'
import { companies, inboxQuestions } from '../../companies/schema.ts'
import type { Db } from '../../platform/db.ts'
import { Missing } from '../../platform/errors.ts'
import { sealedNotes } from './schema.ts'

/** A sealed note with whose desk its question lies on. Throws Missing. */
export async function findSealed(db: Db, companyId: number, id: number) {
  const [row] = await db
    .select({ note: sealedNotes, assigneeId: inboxQuestions.assigneeId })
    .from(sealedNotes)
    .leftJoin(inboxQuestions, and(eq(inboxQuestions.topicId, sealedNotes.topicId), eq(inboxQuestions.companyId, sealedNotes.companyId)))
    .where(and(eq(sealedNotes.id, id), eq(sealedNotes.companyId, companyId)))
  if (!row) throw new Missing()
  return { ...row.note, assigneeId: row.assigneeId }
}
export type FoundSealed = Awaited<ReturnType<typeof findSealed>>

/** What was handed to a company about a topic: when, and who opened it last; not what. */
export const listSealed = (db: Db, companyId: number, topicId: number) =>
  db
    .select({ id: sealedNotes.id, sealedAt: sealedNotes.sealedAt, openedAt: sealedNotes.openedAt, openedBy: accounts.name })
    .from(sealedNotes)
    .leftJoin(accounts, eq(accounts.id, sealedNotes.openedById))
    .where(and(eq(sealedNotes.topicId, topicId), eq(sealedNotes.companyId, companyId)))
    .orderBy(asc(sealedNotes.id))

/** What this member has handed to companies about a topic: to whom, and whether it was opened. */
export const listOwnSealed = (db: Db, actor: Actor, topicId: number) =>
  db
    .select({
      id: sealedNotes.id,
      sealedAt: sealedNotes.sealedAt,
      openedAt: sealedNotes.openedAt,
      nameJa: companies.nameJa,
      nameEn: companies.nameEn,
    })
    .from(sealedNotes)
    .innerJoin(companies, eq(companies.id, sealedNotes.companyId))
    .where(and(eq(sealedNotes.topicId, topicId), eq(sealedNotes.authorId, actor.id)))
    .orderBy(asc(sealedNotes.id))

/** The companies a topic is about, to choose from. */
export function companiesOf(db: Db, ids: number[]) {
  const { id, nameJa, nameEn } = companies
  return db
    .select({ id, nameJa, nameEn })
    .from(companies)
    .where(inArray(companies.id, [0, ...ids]))
}
