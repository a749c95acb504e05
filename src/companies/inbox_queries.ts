import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Actor } from '../accounts/actor.ts'
import { accounts } from '../accounts/schema.ts'
import type { Db } from '../platform/db.ts'
import { Missing } from '../platform/errors.ts'
import { atMost, momentCursor, type Page, pageOf } from '../platform/paging.ts'
import { byline } from '../topics/queries.ts'
import { topics } from '../topics/schema.ts'
import { canSpeakFor } from './policy.ts'
import { cannedAnswers, inboxNotes, inboxQuestions } from './schema.ts'

export const TRAYS = ['open', 'mine', 'overdue', 'back'] as const
export type Tray = (typeof TRAYS)[number]

const assignees = alias(accounts, 'assignees')
const stands = sql`${topics.hiddenAt} is null and ${topics.withdrawnAt} is null`
const isOpen = sql`${inboxQuestions.answeredAt} is null and ${inboxQuestions.handedBackAt} is null and ${topics.solvedAt} is null and ${topics.closedAt} is null`

/** Questions on a company's table, the one due first on top. */
export async function listInbox(
  db: Db,
  companyId: number,
  tray: Tray,
  actorId: number,
  after?: string,
  size = 30,
): Promise<Page<InboxLine>> {
  const cursor = momentCursor(after)
  const only = {
    open: isOpen,
    mine: sql`${isOpen} and ${inboxQuestions.assigneeId} = ${actorId}`,
    overdue: sql`${isOpen} and ${inboxQuestions.dueAt} < now()`,
    back: sql`${inboxQuestions.answeredAt} is null and ${inboxQuestions.handedBackAt} is not null`,
  }[tray]
  const rows = await db
    .select({
      topic: { id: topics.id, title: topics.title, answerCount: topics.answerCount, meTooCount: topics.meTooCount },
      openedAt: inboxQuestions.openedAt,
      dueAt: inboxQuestions.dueAt,
      assignee: assignees.name,
      products: sql<
        string[]
      >`array(select p.name_ja from products p where p.id = any(${topics.productIds}) and p.company_id = ${companyId} order by p.id)`,
    })
    .from(inboxQuestions)
    .innerJoin(topics, eq(topics.id, inboxQuestions.topicId))
    .leftJoin(assignees, eq(assignees.id, inboxQuestions.assigneeId))
    .where(
      and(
        eq(inboxQuestions.companyId, companyId),
        stands,
        only,
        cursor && sql`(${inboxQuestions.dueAt}, ${inboxQuestions.topicId}) > (${cursor.value}::timestamptz, ${cursor.id})`,
      ),
    )
    .orderBy(asc(inboxQuestions.dueAt), asc(inboxQuestions.topicId))
    .limit(atMost(size + 1))
  return pageOf(rows, size, last => ({ value: last.dueAt.toISOString(), id: last.topic.id }))
}
export type InboxLine = {
  topic: { id: number; title: string; answerCount: number; meTooCount: number }
  openedAt: Date
  dueAt: Date
  assignee: string | null
  products: string[]
}

/** How many questions wait on a company's table, and how many of them are late. */
export async function countInbox(db: Db, companyId: number): Promise<{ open: number; late: number }> {
  const [row] = await db
    .select({ open: sql<number>`count(*)::int`, late: sql<number>`count(*) filter (where ${inboxQuestions.dueAt} < now())::int` })
    .from(inboxQuestions)
    .innerJoin(topics, eq(topics.id, inboxQuestions.topicId))
    .where(and(eq(inboxQuestions.companyId, companyId), stands, isOpen))
  return row ?? { open: 0, late: 0 }
}

/** A question on a company's table with its notes, the newest first. Throws Missing. */
export async function findInboxQuestion(db: Db, companyId: number, topicId: number) {
  const [row] = await db
    .select()
    .from(inboxQuestions)
    .where(and(eq(inboxQuestions.companyId, companyId), eq(inboxQuestions.topicId, topicId)))
  if (!row) throw new Missing()
  const notes = await db
    .select({ id: inboxNotes.id, body: inboxNotes.body, createdAt: inboxNotes.createdAt, author: byline })
    .from(inboxNotes)
    .innerJoin(accounts, eq(accounts.id, inboxNotes.authorId))
    .where(and(eq(inboxNotes.companyId, companyId), eq(inboxNotes.topicId, topicId)))
    .orderBy(desc(inboxNotes.id))
    .limit(100)
  return { ...row, notes }
}

/** The company of the actor's on whose table a question lies. Throws Missing. */
export async function findTableWith(db: Db, actor: Actor, topicId: number): Promise<{ slug: string }> {
  const own = actor.companies.filter(({ id }) => canSpeakFor(actor, id))
  const [row] = await db
    .select({ companyId: inboxQuestions.companyId })
    .from(inboxQuestions)
    .where(
      and(
        inArray(
          inboxQuestions.companyId,
          own.map(({ id }) => id),
        ),
        eq(inboxQuestions.topicId, topicId),
      ),
    )
  const company = own.find(({ id }) => id === row?.companyId)
  if (!company) throw new Missing()
  return company
}

/** A company's texts for answers that are written again and again. */
export const listCanned = (db: Db, companyId: number) =>
  db
    .select()
    .from(cannedAnswers)
    .where(eq(cannedAnswers.companyId, companyId))
    .orderBy(asc(cannedAnswers.title), asc(cannedAnswers.id))
    .limit(100)
