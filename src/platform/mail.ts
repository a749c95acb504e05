import { sql } from 'drizzle-orm'
import type { Db } from './db.ts'
import { mails } from './schema.ts'

/** A mail ready to be sent. A second mail with the same `onceKey` is the same mail: it is not sent again. */
export type Mail = { onceKey: string; to: string; subject: string; text: string; html: string }
export type Mailer = { send(mail: Mail): Promise<void>; close(): void }

/**
 * Sends by SMTP when `smtpUrl` is set; otherwise mail stays in the operator's mailbox page. A mail is written down
 * before it is sent and marked after: a crash in between may repeat it, never lose it.
 */
export function openMailer(db: Db, { smtpUrl, from }: { smtpUrl?: string; from: string }): Mailer {
  const transport = smtpUrl ? openTransport(smtpUrl) : undefined
  return {
    async send({ onceKey, to, subject, text, html }) {
      await db.insert(mails).values({ onceKey, recipient: to, subject, text, html }).onConflictDoNothing()
      if (!transport) return
      const [waiting] = await db.select({ id: mails.id }).from(mails).where(sql`${mails.onceKey} = ${onceKey} and ${mails.sentAt} is null`)
      if (!waiting) return
      await (await transport).sendMail({ from, to, subject, text, html })
      // What was sent may hold a one-time link: it is not kept.
      await db.update(mails).set({ sentAt: new Date(), text: '', html: '' }).where(sql`${mails.id} = ${waiting.id}`)
    },
    close: () => void transport?.then(opened => opened.close()),
  }
}

async function openTransport(url: string) {
  const { createTransport } = await import('nodemailer')
  return createTransport({ url, pool: true, connectionTimeout: 10_000, socketTimeout: 20_000 } as object)
}
