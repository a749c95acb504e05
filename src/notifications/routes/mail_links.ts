import { Missing } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { readSigned } from '../../platform/signing.ts'
import type { App } from '../../platform/web.ts'
import { findTopicTitle } from '../follow_queries.ts'
import { muteTopic } from '../follows.ts'
import { stopMail } from '../settings.ts'

type Route = { Params: { token: string } }

/**
 * The links at the end of a mail: to hear nothing more of a topic, or to get no more mail; both without logging in. Opening one only asks
 * (programs that look at mail open links); the press does it, and so does a mail program's own button (RFC 8058).
 */
export async function mailLinkRoutes(app: App, { db }: Services): Promise<void> {
  app.get<Route>('/mail/:token', { config: { access: 'everyone' } }, async ({ params, t }, reply) => {
    const { deed, topicId } = await read(params.token)
    return reply.page('notifications/mail_link', {
      title: t(`mailLinks.${deed}.title`),
      noIndex: true,
      text: t(`mailLinks.${deed}.text`, { title: topicId ? await findTopicTitle(db, topicId) : '' }),
      button: t(`mailLinks.${deed}.button`),
      path: `/mail/${params.token}`,
    })
  })

  app.post<Route>('/mail/:token', { config: { access: 'everyone', foreign: true } }, async ({ params, t }, reply) => {
    const { deed, accountId, topicId } = await read(params.token)
    if (deed === 'mute') await muteTopic(db, accountId, topicId)
    else await stopMail(db, accountId)
    return reply.page('notifications/mail_link', { title: t(`mailLinks.${deed}.done`), noIndex: true, text: t('mailLinks.again') })
  })

  async function read(token: string) {
    const [deed, account, topic] = (await readSigned(db, token)) ?? []
    if (deed !== 'stop' && deed !== 'mute') throw new Missing()
    return { deed: deed as 'stop' | 'mute', accountId: Number(account), topicId: Number(topic ?? 0) }
  }
}
