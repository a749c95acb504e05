import { Type } from 'typebox'
import { pushKeys } from '../../platform/push.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { noticesPath } from '../paths.ts'
import { presentNotices, presentTabs, targetOf, whichFrom } from '../present.ts'
import { findNotice, listNotices } from '../queries.ts'
import { readAll, readThread } from '../reading.ts'

const Asked = Type.Object({ list: Type.Optional(Type.String()), after: Type.Optional(Type.String({ maxLength: 40 })) })
const whole = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })

/** What somebody was told: the page behind the bell. */
export async function noticeRoutes(app: App, { db }: Services): Promise<void> {
  app.get<{ Querystring: { list?: string; after?: string } }>(
    noticesPath,
    { config: { access: 'members' }, schema: { querystring: Asked } },
    async ({ actor, t, query }, reply) => {
      const which = whichFrom(query.list)
      const { rows, next } = await listNotices(db, actor, { which, after: query.after })
      return reply.page('notifications/index', {
        title: t('notices.title'),
        at: 'notices',
        noIndex: true,
        tabs: presentTabs(which, t),
        notices: presentNotices(rows, actor, t),
        // Asked for where it makes sense: once somebody has answered.
        pushKey: rows.some(({ notice }) => notice.kind === 'answer') && (await pushKeys(db)).publicKey,
        upTo: actor.unread > 0 && rows[0]?.notice.id,
        nextPath: next && `${noticesPath}?${new URLSearchParams({ list: which, after: next })}`,
      })
    },
  )

  // The frame of every page says how many are unread; so does this part of it.
  app.get(`${noticesPath}/unread`, { config: { access: 'members' } }, (_, reply) => reply.fragment('notifications/unread.stream', {}))

  app.get<{ Params: { id: number } }>(
    `${noticesPath}/:id`,
    { config: { access: 'members' }, schema: { params: Type.Object({ id: whole }) } },
    async ({ actor, params }, reply) => {
      const notice = await findNotice(db, actor, params.id)
      await readThread(db, actor, notice)
      return reply.redirect(targetOf(notice), 303)
    },
  )

  app.post<{ Body: { upTo: number } }>(
    `${noticesPath}/read`,
    { config: { access: 'members' }, schema: { body: Type.Object({ upTo: whole }) } },
    async ({ actor, body }, reply) => {
      await readAll(db, actor, body)
      return reply.flash('noticesRead').see(noticesPath)
    },
  )
}
