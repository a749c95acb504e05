import { type Static, Type } from 'typebox'
import { auditLook } from '../../moderation/audit.ts'
import { Missing } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { showAgain } from '../../platform/web_errors.ts'
import { findMail, listMails } from '../mailbox.ts'
import { changeSite, findSite } from '../site_settings.ts'
import { showAdmin } from './page.ts'

const SiteForm = Type.Object({
  name: Type.String({ maxLength: 200, default: '' }),
  description: Type.String({ maxLength: 1000, default: '' }),
})
const Paged = Type.Object({ after: Type.Optional(Type.String({ maxLength: 80 })) })
const MailParams = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
type Mailbox = { Params: Static<typeof MailParams>; Querystring: Static<typeof Paged> }

/** The operator's own pages: overview, the site's words, the mailbox. */
export async function siteRoutes(app: App, { db, config }: Services): Promise<void> {
  const operators = { config: { access: 'operators' } as const }

  app.get('/admin', operators, (request, reply) => showAdmin(request, reply, 'index', 'index', { hasMailbox: !config.SMTP_URL }))

  app.get('/admin/settings', operators, async (request, reply) =>
    showAdmin(request, reply, 'settings', 'settings', { values: await findSite(db) }),
  )
  app.post<{ Body: Static<typeof SiteForm> }>(
    '/admin/settings',
    {
      ...operators,
      schema: { body: SiteForm },
      errorHandler: showAgain((request, reply, form) => showAdmin(request, reply, 'settings', 'settings', form)),
    },
    async ({ actor, body }, reply) => {
      await changeSite(db, actor, body)
      return reply.flash('saved').see('/admin/settings')
    },
  )

  app.get<Mailbox>('/admin/mailbox', { ...operators, schema: { querystring: Paged } }, async (request, reply) => {
    const page = config.SMTP_URL ? undefined : await listMails(db, request.actor, request.query.after)
    if (page && page.rows.length > 0) await auditLook(db, request.actor, { subject: 'mailbox' })
    const nextPath = page?.next && `/admin/mailbox?after=${encodeURIComponent(page.next)}`
    return showAdmin(request, reply, 'mailbox', 'mailbox', { isSent: !page, mails: page?.rows, nextPath })
  })
  app.get<Mailbox>('/admin/mailbox/:id', { ...operators, schema: { params: MailParams, querystring: Paged } }, async (request, reply) => {
    if (config.SMTP_URL) throw new Missing()
    const [mail, page] = await Promise.all([
      findMail(db, request.actor, request.params.id),
      listMails(db, request.actor, request.query.after),
    ])
    await auditLook(db, request.actor, { subject: 'mailbox', id: mail.id })
    const parts = mail.text.split(/(https?:\/\/\S+)/).map(part => ({ text: part, isLink: /^https?:\/\//.test(part) }))
    return showAdmin(request, reply, 'mailbox', 'mailbox', {
      mail: { ...mail, parts },
      mails: page.rows.map(row => ({ ...row, isCurrent: row.id === mail.id })),
    })
  })
}
