import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { ensure, Invalid } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import { canRun, canSpeakFor } from './policy.ts'
import { cannedAnswers, companies, companyMembers, inboxNotes, inboxQuestions, type OfficeHours } from './schema.ts'
import { afterWorking } from './working_hours.ts'

const HOUR = 60

/** Lays a question into the inbox of each company whose product it is about, due by that company's hours. Safe to repeat. */
export async function openInbox(db: Db, topicId: number): Promise<void> {
  const rows = await db.execute<{ id: number; hours: OfficeHours; at: string }>(sql`
    select c.id::int as id, c.office_hours as hours, t.created_at as at from topics t join companies c on c.id = any(t.company_ids)
    where t.id = ${topicId} and t.kind = 'question' and t.visibility = 'public' and t.hidden_at is null and t.withdrawn_at is null`)
  for (const { id, hours, at } of rows) {
    const openedAt = new Date(at)
    const dueAt = afterWorking(openedAt, hours.target * HOUR, hours)
    await db.insert(inboxQuestions).values({ companyId: id, topicId, openedAt, dueAt }).onConflictDoNothing()
  }
}

/** A company has answered: these questions are off its table. Safe to repeat. */
export async function settleInbox(db: Db, topicIds: number[]): Promise<void> {
  await db.execute(sql`
    update inbox_questions q set answered_at = p.first from (
      select topic_id, company_id, min(created_at) as first from posts
      where topic_id = any(${sql.param(topicIds)}::bigint[]) and kind = 'answer' and company_id is not null group by topic_id, company_id) p
    where q.topic_id = p.topic_id and q.company_id = p.company_id and q.answered_at is null`)
}

type Question = { companyId: number; topicId: number }
const one = ({ companyId, topicId }: Question) => and(eq(inboxQuestions.companyId, companyId), eq(inboxQuestions.topicId, topicId))

/** Says who of the team takes a question on; nobody with `undefined`. Throws Invalid at `assignee` for somebody who is not of the team. */
export async function assignQuestion(db: Db, actor: Actor, question: Question, accountId: number | undefined): Promise<void> {
  ensure(canSpeakFor(actor, question.companyId), 'errors.refused')
  if (accountId) {
    const member = and(
      eq(companyMembers.companyId, question.companyId),
      eq(companyMembers.accountId, accountId),
      isNull(companyMembers.leftAt),
    )
    if ((await db.$count(companyMembers, member)) === 0) throw new Invalid({ assignee: 'inbox.errors.notOfTeam' })
  }
  await db.transaction(async tx => {
    const given = await tx
      .update(inboxQuestions)
      .set({ assigneeId: accountId ?? null })
      .where(and(one(question), sql`${inboxQuestions.assigneeId} is distinct from ${accountId ?? null}`))
      .returning({ topicId: inboxQuestions.topicId })
    if (given.length > 0 && accountId) await record(tx, 'inbox.assigned', { ...question, accountId, actorId: actor.id })
  })
}

/** Somebody leaves: what was his on the table is his successor's. Inside a verb's transaction. */
export async function handOverInbox(tx: Db, companyId: number, accountId: number, successorId: number): Promise<void> {
  await tx
    .update(inboxQuestions)
    .set({ assigneeId: successorId || null })
    .where(and(eq(inboxQuestions.companyId, companyId), eq(inboxQuestions.assigneeId, accountId), isNull(inboxQuestions.answeredAt)))
}

/** Writes a note only the team reads. Throws Invalid at `note`. */
export async function addNote(db: Db, actor: Actor, question: Question, note: string): Promise<void> {
  ensure(canSpeakFor(actor, question.companyId), 'errors.refused')
  const body = note.trim()
  if (!body) throw new Invalid({ note: 'form.required' })
  await db.insert(inboxNotes).values({ ...question, authorId: actor.id, body })
}

/** Gives a question back to the forum, with a note that says why. Once; it can be taken up again by answering it. */
export async function handBack(db: Db, actor: Actor, question: Question, reason: string): Promise<void> {
  ensure(canSpeakFor(actor, question.companyId), 'errors.refused')
  const body = reason.trim()
  if (!body) throw new Invalid({ reason: 'form.required' })
  await db.transaction(async tx => {
    const handed = await tx
      .update(inboxQuestions)
      .set({ handedBackAt: sql`now()`, handedBackById: actor.id })
      .where(and(one(question), isNull(inboxQuestions.handedBackAt)))
      .returning({ topicId: inboxQuestions.topicId })
    if (handed.length === 0) return
    await tx.insert(inboxNotes).values({ ...question, authorId: actor.id, body })
    await record(tx, 'inbox.handed_back', { ...question, actorId: actor.id })
  })
}

/** Finds what is past its target and says so, once for each question; by the clock. */
export async function tellOverdue(db: Db, at = new Date()): Promise<void> {
  await db.transaction(async tx => {
    const rows = await tx.execute<{ company: number; topic: number }>(sql`
      update inbox_questions q set overdue_told_at = now() from topics t
      where t.id = q.topic_id and q.due_at < ${at.toISOString()}::timestamptz and q.overdue_told_at is null and q.answered_at is null and q.handed_back_at is null
        and t.solved_at is null and t.closed_at is null and t.hidden_at is null and t.withdrawn_at is null
      returning q.company_id::int as company, q.topic_id::int as topic`)
    for (const { company, topic } of rows) await record(tx, 'inbox.overdue', { companyId: company, topicId: topic })
  })
}

const MOST_CANNED = 100

/** Keeps a text for answers that are written again and again. Throws Invalid at the fields. */
export async function addCanned(db: Db, actor: Actor, company: { id: number }, draft: { title: string; text: string }): Promise<void> {
  ensure(canSpeakFor(actor, company.id), 'errors.refused')
  const [title, body] = [draft.title.trim(), draft.text.trim()]
  if (!title || !body) throw new Invalid(title ? { text: 'form.required' } : { title: 'form.required' })
  if ((await db.$count(cannedAnswers, eq(cannedAnswers.companyId, company.id))) >= MOST_CANNED)
    throw new Invalid({ title: { key: 'inbox.errors.tooMany', values: { most: MOST_CANNED } } })
  await db.insert(cannedAnswers).values({ companyId: company.id, title, body })
}

/** Forgets such a text. */
export async function dropCanned(db: Db, actor: Actor, company: { id: number }, id: number): Promise<void> {
  ensure(canSpeakFor(actor, company.id), 'errors.refused')
  await db.delete(cannedAnswers).where(and(eq(cannedAnswers.companyId, company.id), eq(cannedAnswers.id, id)))
}

/** Sets when the team answers and how soon, in hours of work; for questions that come from then on. Throws Invalid at the fields. */
export async function setOfficeHours(
  db: Db,
  actor: Actor,
  company: { id: number },
  draft: { from: string; to: string; days: number[]; target: number; restsOnHolidays: boolean },
): Promise<void> {
  ensure(canRun(actor, company.id), 'companies.errors.adminOnly')
  const [from, to] = [minuteOf(draft.from, 'from'), minuteOf(draft.to, 'to')]
  if (to <= from) throw new Invalid({ to: 'inbox.errors.reversed' })
  if (draft.days.length === 0) throw new Invalid({ days: 'inbox.errors.noDay' })
  const officeHours = { from, to, days: draft.days, target: draft.target, restsOnHolidays: draft.restsOnHolidays }
  await db.update(companies).set({ officeHours }).where(eq(companies.id, company.id))
}

function minuteOf(time: string, field: string): number {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time.trim()) ?? []
  if (!hours || !minutes) throw new Invalid({ [field]: 'form.wrong' })
  return Number(hours) * 60 + Number(minutes)
}

/** A text with what its placeholders (`{name}`) stand for; those nobody knows stay as they are. */
export const filled = (text: string, values: ReadonlyMap<string, string>) =>
  text.replace(/\{([^{}\n]{1,30})\}/gu, (all, name: string) => values.get(name.trim()) ?? all)
