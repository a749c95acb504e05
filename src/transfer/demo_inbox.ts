import { sql } from 'drizzle-orm'
import { openInbox, settleInbox } from '../companies/inbox.ts'
import { cannedAnswers } from '../companies/schema.ts'
import type { Db } from '../platform/db.ts'

/** What lies on the tables of the demo's companies: questions of the last months, with a note, and a text that is used again and again. */
export async function seedInbox(tx: Db, texts: { title: string; body: string; note: string }): Promise<void> {
  const rows = await tx.execute<{ id: number }>(sql`
    select id::int from topics where kind = 'question' and company_ids <> '{}' and created_at > now() - interval '60 days'`)
  for (const { id } of rows) {
    await openInbox(tx, Number(id))
    await settleInbox(tx, [Number(id)])
  }
  // Nobody is written to about what was late before the demo began.
  await tx.execute(sql`update inbox_questions set overdue_told_at = now() where due_at < now()`)
  await tx.execute(sql`
    update inbox_questions q set assignee_id = (select account_id from company_members m where m.company_id = q.company_id and m.role = 'agent' order by id limit 1)
    where topic_id % 2 = 0`)
  await tx.execute(sql`
    insert into inbox_notes (company_id, topic_id, author_id, body)
    select q.company_id, q.topic_id, q.assignee_id, ${texts.note} from inbox_questions q where q.assignee_id is not null`)
  const companies = await tx.execute<{ id: number }>(sql`select id::int from companies where admitted_at is not null`)
  await tx.insert(cannedAnswers).values([...companies].map(({ id }) => ({ companyId: Number(id), title: texts.title, body: texts.body })))
}
