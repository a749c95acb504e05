import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Email } from 'postal-mime'
import { sendLetter } from '../../accounts/letters.ts'
import { findAccount } from '../../accounts/queries.ts'
import { Invalid, Missing, Refused, TooMany } from '../../platform/errors.ts'
import { isSigned } from '../../platform/hook_signature.ts'
import { textOfHtml } from '../../platform/html_text.ts'
import { translate } from '../../platform/i18n.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { postLink } from '../../topics/paths.ts'
import { noteBounce } from '../bounces.ts'
import { readReport } from '../mail_reports.ts'
import { ownWords } from '../reply_words.ts'
import { findReplied, postReply, type Reply } from '../replying.ts'
import type { NoticeRow } from '../schema.ts'

const LARGEST = 12_000_000

/**
 * Mail that comes in, from the mail server or provider that receives it: as raw MIME (replies, delivery status notifications, complaints),
 * or a provider's event as JSON. Both are signed; see docs/operating.md.
 */
export async function inboundRoutes(app: App, services: Services): Promise<void> {
  const { config, db } = services
  await app.register(async scope => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: LARGEST }, (_, body, done) => done(null, body))
    const door = { config: { access: 'everyone', foreign: true } as const, bodyLimit: LARGEST }

    scope.post('/mail/inbound', door, async (request, reply) => {
      const raw = signedBody(request)
      const { default: PostalMime } = await import('postal-mime')
      const mail = await PostalMime.parse(raw)
      const report = readReport(mail)
      if (report) await noteBounce(db, report.address, report.why)
      if (report || isFromMachine(mail)) return reply.send({ ignored: true })
      return takeReply(mail, raw, reply)
    })

    scope.post('/mail/events', door, async (request, reply) => {
      const event = readEvent(signedBody(request))
      await noteBounce(db, event.address, event.why)
      return reply.send({ noted: true })
    })
  })

  function signedBody({ headers, body }: FastifyRequest): Buffer {
    const secret = config.MAIL_HOOK_SECRET
    if (!secret) throw new Missing()
    const [timestamp, signature] = [headers['x-hiroba-timestamp'], headers['x-hiroba-signature']].map(value => String(value ?? ''))
    if (!Buffer.isBuffer(body) || !isSigned(body, { secret, timestamp, signature })) throw new Refused('errors.refused')
    return body
  }

  async function takeReply(mail: Email, raw: Buffer, reply: FastifyReply) {
    const read = readReply(mail, raw)
    const notice = await findReplied(db, read)
    try {
      const post = await postReply(db, notice, read)
      return reply.code(201).send({ posted: services.siteUrl + postLink(post) })
    } catch (error) {
      const reason = reasonOf(error)
      if (!reason) throw error
      await tellSender(services, notice, read, reason)
      return reply.code(422).send({ refused: reason })
    }
  }
}

/** Secrets stand in the address the reply was sent to: `reply+12-0a1b…@forum.example.jp`. */
function readReply(mail: Email, raw: Buffer): Reply {
  const headers = mail.headers.filter(({ key }) => ['to', 'cc', 'delivered-to', 'x-original-to', 'envelope-to'].includes(key))
  const secret = /\+(\d{1,15}-[0-9a-f]{24})@/i.exec(headers.map(({ value }) => value).join(' '))?.[1]?.toLowerCase() ?? ''
  const text = mail.text?.trim() ? mail.text : textOfHtml(mail.html ?? '')
  const messageId = mail.messageId ?? createHash('sha256').update(raw).digest('hex')
  return { from: mail.from?.address ?? '', secret, words: ownWords(text), messageId }
}

/** Holiday notes and other mail that no person sent: an answer to it would go round in circles. */
const isFromMachine = ({ headers }: Email) =>
  headers.some(
    ({ key, value }) =>
      (key === 'auto-submitted' && !/^no\b/i.test(value)) || (key === 'precedence' && /bulk|list|junk|auto_reply/i.test(value)),
  )

function readEvent(body: Buffer): { address: string; why: 'bounce' | 'complaint' } {
  const read = parsed(body)
  const { type, recipient } = (typeof read === 'object' && read !== null ? read : {}) as Record<string, unknown>
  if ((type !== 'bounce' && type !== 'complaint') || typeof recipient !== 'string') throw new Invalid({ type: 'form.wrong' })
  return { address: recipient.slice(0, 300), why: type }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}

/** The sentence that says why a reply was not posted; undefined where it is not the writer's to know. */
function reasonOf(error: unknown): string | undefined {
  if (error instanceof Refused) return error.reason
  if (error instanceof TooMany) return 'errors.tooMany'
  if (error instanceof Missing) return 'errors.missing'
  if (!(error instanceof Invalid)) return undefined
  const [first] = Object.values(error.fields)
  return typeof first === 'string' ? first : 'errors.invalid'
}

async function tellSender(services: Services, notice: NoticeRow, { messageId }: Reply, reason: string): Promise<void> {
  const { locale, email } = await findAccount(services.db, notice.accountId)
  const once = createHash('sha256').update(messageId).digest('hex').slice(0, 40)
  if (email)
    await sendLetter(services, `reply-refused:${once}`, email, {
      locale,
      key: 'replyRefused',
      values: { reason: translate(locale, reason) },
      link: notice.topicId ? `${services.siteUrl}/t/${notice.topicId}` : services.siteUrl,
    })
}
