import { desc, eq, lt } from 'drizzle-orm'
import { type Actor, isOperator } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { ensure, Missing } from '../platform/errors.ts'
import { numberCursor, type Page, pageOf } from '../platform/paging.ts'
import { mails } from '../platform/schema.ts'

export type MailLine = Pick<typeof mails.$inferSelect, 'id' | 'recipient' | 'subject' | 'queuedAt'>

/** Mail that waits in the mailbox because no mail server is set, newest first. For the operator alone: it holds one-time links. */
export async function listMails(db: Db, actor: Actor, after?: string, size = 30): Promise<Page<MailLine>> {
  ensure(isOperator(actor), 'errors.refused')
  const cursor = numberCursor(after)
  const { id, recipient, subject, queuedAt } = mails
  const rows = await db
    .select({ id, recipient, subject, queuedAt })
    .from(mails)
    .where(cursor && lt(id, cursor.id))
    .orderBy(desc(id))
    .limit(size + 1)
  return pageOf(rows, size, last => ({ value: '0', id: last.id }))
}

/** One mail as it would have been sent. Throws Missing. */
export async function findMail(db: Db, actor: Actor, id: number): Promise<typeof mails.$inferSelect> {
  ensure(isOperator(actor), 'errors.refused')
  const [mail] = await db.select().from(mails).where(eq(mails.id, id))
  if (!mail) throw new Missing()
  return mail
}
