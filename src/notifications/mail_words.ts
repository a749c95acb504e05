import { type Locale, type Translate, translator } from '../platform/i18n.ts'
import type { Services } from '../platform/services.ts'
import { sign } from '../platform/signing.ts'
import type { Addressee } from './mailing.ts'
import { presentLine, targetOf } from './present.ts'
import type { ShownNotice } from './queries.ts'

const WORDS_SHOWN = 500
const LINES_SHOWN = 20

/** A mail about some notices: of one topic, or a digest of many. In plain text and in HTML that needs no style. */
export async function writeNotices(services: Services, site: string, to: Addressee, rows: ShownNotice[]) {
  const { render, siteUrl, db } = services
  const { locale } = to
  const t = translator(locale)
  const topicId = commonTopic(rows)
  const lines = rows
    .slice(0, LINES_SHOWN)
    .toReversed()
    .map(row => presentForMail(row, locale, t, siteUrl))
  const subject = lines.length === 1 ? (lines[0]?.text ?? '') : subjectOf(rows, topicId)
  const foot = t('noticeMail.foot', { site, handle: to.handle })
  const links = {
    stop: `${siteUrl}/mail/${await sign(db, 'stop', to.id)}`,
    mute: topicId ? `${siteUrl}/mail/${await sign(db, 'mute', to.id, topicId)}` : undefined,
    settings: `${siteUrl}/me/notices`,
  }
  const reply = await replyAddress(services, rows, topicId)
  const above = reply && `-- ${t('noticeMail.above')} --`
  const more = rows.length > lines.length ? t('noticeMail.more', { count: rows.length - lines.length }) : ''
  const model = { locale, assetUrl: (name: string) => name, subject, lines, more, foot, above, links, siteUrl }
  return {
    subject,
    text: textOf(),
    html: render('mail/notices', model),
    headers: headersOf(services, { to, rows, topicId, stop: links.stop, reply }),
  }

  function subjectOf(all: ShownNotice[], topic: number | undefined): string {
    return topic
      ? t('noticeMail.several', { title: all[0]?.topic?.title, count: all.length })
      : t('noticeMail.digest', { site, count: all.length })
  }
  function textOf(): string {
    const parts = lines.map(({ text, words, url }) => [text, words, url].filter(Boolean).join('\n\n'))
    const ways = [
      links.mute && `${t('noticeMail.mute')}\n${links.mute}`,
      `${t('noticeMail.settings')}\n${links.settings}`,
      `${t('noticeMail.stop')}\n${links.stop}`,
    ]
    return [
      ...(above ? [above] : []),
      parts.join('\n\n- - -\n\n'),
      ...(more ? [`${more}\n${siteUrl}/notifications`] : []),
      `--\n${foot}`,
      ...ways.filter(Boolean),
    ].join('\n\n')
  }
}

function presentForMail(row: ShownNotice, locale: Locale, t: Translate, siteUrl: string) {
  return { ...presentLine([row], locale, t, WORDS_SHOWN), url: siteUrl + targetOf(row.notice) }
}

function commonTopic(rows: ShownNotice[]): number | undefined {
  const topics = new Set(rows.map(({ notice }) => notice.topicId))
  return topics.size === 1 ? ([...topics][0] ?? undefined) : undefined
}

type About = { to: Addressee; rows: ShownNotice[]; topicId: number | undefined; stop: string; reply: string | undefined }

/** What mail programs go by: one conversation for each topic, one press to end them all (RFC 8058), and no answers of machines. */
function headersOf({ siteUrl }: Services, { to, rows, topicId, stop, reply }: About): Record<string, string> {
  const host = new URL(siteUrl).hostname
  const talk = topicId && `<topic-${topicId}.${to.id}@${host}>`
  return {
    'Message-ID': `<notice-${rows[0]?.notice.id}.${to.id}@${host}>`,
    ...(talk && { 'In-Reply-To': talk, References: talk }),
    ...(reply && { 'Reply-To': reply }),
    'List-Unsubscribe': `<${stop}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    'List-Id': `<notices.${host}>`,
    'Auto-Submitted': 'auto-generated',
    'X-Auto-Response-Suppress': 'All',
  }
}

/** Where a reply to the newest of these goes: an address with a secret of its own, never anybody's. */
async function replyAddress({ config, db }: Services, [newest]: ShownNotice[], topicId: number | undefined): Promise<string | undefined> {
  const [name, host] = config.MAIL_REPLY?.split('@') ?? []
  if (!name || !host || !topicId || !newest?.notice.postId) return undefined
  return `${name}+${(await sign(db, 'reply', newest.notice.id)).slice('reply-'.length)}@${host}`
}
