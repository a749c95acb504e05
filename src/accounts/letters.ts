import { eq } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import type { Locale } from '../platform/i18n.ts'
import { translate } from '../platform/i18n.ts'
import type { Mail } from '../platform/mail.ts'
import type { Services } from '../platform/services.ts'
import { readSite } from '../platform/site.ts'
import { type AccountRow, accounts } from './schema.ts'

export type Letter = { locale: Locale; key: string; values?: Record<string, string>; link?: string }

/**
 * Words `mail.{key}` as a mail in plain text and in HTML that needs no style. `body` stands before the link, `after` behind it;
 * a blank line in them begins a paragraph. No name anybody chose is put in: a mail must not carry words of a stranger to an address he names.
 */
export async function writeLetter(
  { db, render, siteUrl }: Services,
  { locale, key, values = {}, link }: Letter,
): Promise<Pick<Mail, 'subject' | 'text' | 'html'>> {
  const { current } = await readSite(db)
  const site = current(locale).name
  const say = (part: string) => translate(locale, `mail.${key}.${part}`, { ...values, site })
  const subject = say('subject')
  const [body, after] = [paragraphs(say('body')), paragraphs(say('after'))]
  const foot = translate(locale, 'mail.foot', { site })
  const text = [...body, ...(link ? [`${say('button')}\n${link}`] : []), ...after, `--\n${foot}\n${siteUrl}`].join('\n\n')
  const html = render('mail/letter', {
    locale,
    assetUrl: name => name,
    subject,
    body,
    after,
    link,
    button: link && say('button'),
    foot,
    siteUrl,
  })
  return { subject, text, html }
}

export type Reachable = AccountRow & { email: string }

/** The account as mail reaches it; undefined for who has left. */
export async function findReachable(db: Db, id: number): Promise<Reachable | undefined> {
  const [account] = await db.select().from(accounts).where(eq(accounts.id, id))
  return account?.email && !account.closedAt ? { ...account, email: account.email } : undefined
}

/** Sends a letter once, however often its job is repeated. */
export async function sendLetter(services: Services, onceKey: string, to: string, letter: Letter): Promise<void> {
  await services.mail.send({ onceKey, to, ...(await writeLetter(services, letter)) })
}

const paragraphs = (text: string) => text.split('\n\n').filter(Boolean)
