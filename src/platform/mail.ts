import { inArray, sql } from 'drizzle-orm'
import type { Db } from './db.ts'
import { mails } from './schema.ts'

/** A mail ready to be sent. A second mail with the same `onceKey` is the same mail: it is not sent again. */
export type Mail = { onceKey: string; to: string; subject: string; text: string; html: string }
export type Mailer = {
  /** Whether there is a server: without one, mail stays in the operator's mailbox. */
  sends: boolean
  /** Sends one mail now; throws where the server does not take it. */
  send(mail: Mail): Promise<void>
  /** Sends what is due (`mails.tryAt`), and later again what did not go out; `refused` hears of addresses the server will never take. */
  deliver(refused: (recipient: string) => Promise<void>): Promise<void>
  close(): void
}

type Waiting = typeof mails.$inferSelect

const AT_ONCE = 20
/** A process that dies in between leaves its mails to others after so long; and one pass takes no longer. */
const LEASE = sql`interval '5 minutes'`
const PASS_MAY_TAKE = 50_000
const MOST_MINUTES_BETWEEN_TRIES = 15

/**
 * Sends by SMTP when `smtpUrl` is set; otherwise mail stays in the operator's mailbox page. A mail is written down
 * before it is sent and marked after: a crash in between may repeat it (under the same Message-ID), never lose it.
 */
export function openMailer(db: Db, { smtpUrl, from }: { smtpUrl?: string; from: string }): Mailer {
  const transport = smtpUrl ? openTransport(smtpUrl) : undefined

  async function put(mail: Pick<Waiting, 'id' | 'recipient' | 'subject' | 'text' | 'html' | 'headers'>): Promise<void> {
    const { id, recipient, headers, ...content } = mail
    await (await transport)?.sendMail({ from, to: recipient, ...content, headers: headers ?? {} })
    // What was sent may hold a one-time link: it is not kept.
    const sent = { sentAt: new Date(), tryAt: null, text: '', html: '' }
    await db.update(mails).set(sent).where(sql`${mails.id} = ${id}`)
  }

  return {
    sends: transport !== undefined,
    async send({ onceKey, to, subject, text, html }) {
      await db.insert(mails).values({ onceKey, recipient: to, subject, text, html }).onConflictDoNothing()
      if (!transport) return
      const [waiting] = await db.select().from(mails).where(sql`${mails.onceKey} = ${onceKey} and ${mails.sentAt} is null`)
      if (waiting) await put(waiting)
    },
    async deliver(refused) {
      if (!transport) return
      for (const began = Date.now(); Date.now() - began < PASS_MAY_TAKE; ) {
        const due = await lease(db)
        const results = await Promise.all(due.map(mail => put(mail).then(...outcome(db, mail, refused))))
        if (due.length === 0 || results.includes('away')) return
      }
    },
    close: () => void transport?.then(opened => opened.close()),
  }
}

/** Takes due mails for this process: nobody else tries them meanwhile. */
async function lease(db: Db): Promise<Waiting[]> {
  const due = sql`select id from mails where try_at <= now() order by try_at limit ${sql.raw(String(AT_ONCE))} for update skip locked`
  return db
    .update(mails)
    .set({ tryAt: sql`now() + ${LEASE}` })
    .where(inArray(mails.id, sql`(${due})`))
    .returning()
}

type Failure = { code?: string; responseCode?: number }

/** What becomes of a try: sent; refused for good, for a reason that lies in the address; or to be tried again, ever more slowly. */
function outcome(db: Db, { id, recipient, tries }: Waiting, refused: (recipient: string) => Promise<void>) {
  return [
    () => 'sent' as const,
    async ({ code, responseCode = 0 }: Failure) => {
      if (code === 'EENVELOPE' && responseCode >= 550 && responseCode < 560) {
        await db.update(mails).set({ tryAt: null, failedAt: new Date(), text: '', html: '' }).where(sql`${mails.id} = ${id}`)
        await refused(recipient)
        return 'refused' as const
      }
      const minutes = Math.min(2 ** Math.min(tries, 10), MOST_MINUTES_BETWEEN_TRIES)
      await db
        .update(mails)
        .set({ tries: tries + 1, tryAt: sql`now() + make_interval(mins => ${minutes}::int)` })
        .where(sql`${mails.id} = ${id}`)
      return responseCode ? ('later' as const) : ('away' as const)
    },
  ] as const
}

async function openTransport(url: string) {
  const { createTransport } = await import('nodemailer')
  return createTransport({ url, pool: true, connectionTimeout: 10_000, socketTimeout: 20_000 } as object)
}
