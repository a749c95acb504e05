import { type Static, Type } from 'typebox'
import { plainExcerpt } from '../../platform/html.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { forgetDraft, keepDraft, listDrafts } from '../drafts.ts'
import { draftPath } from '../paths.ts'

const Place = Type.String({ pattern: '^(ask|(answer|comment|edit|addendum):[0-9]{1,15})$' })
const AtPlace = Type.Object({ place: Place })
const Content = Type.Record(Type.String({ maxLength: 20 }), Type.String({ maxLength: 100_000 }), { maxProperties: 12 })
const Kept = Type.Object({ place: Place, draftKey: Type.Optional(Type.String({ minLength: 8, maxLength: 60 })), content: Content })

/** What people are still writing: kept while they type, or by a button where no script runs. */
export async function draftRoutes(app: App, { db }: Services): Promise<void> {
  app.put<{ Body: Static<typeof Kept> }>(
    '/me/drafts',
    { config: { access: 'members' }, schema: { body: Kept } },
    async ({ actor, body, t }) => {
      await keepDraft(db, actor, body.place, body.content, body.draftKey)
      return { message: t('topics.draft.saved') }
    },
  )

  app.post<{ Querystring: Static<typeof AtPlace>; Body: Static<typeof Content> }>(
    '/me/drafts',
    {
      config: { access: 'members', draftPlace: request => String((request.query as { place: string }).place) },
      schema: { querystring: AtPlace, body: Content },
    },
    async ({ actor, query, body }, reply) => {
      const { draftKey, ...content } = body
      await keepDraft(db, actor, query.place, content, draftKey)
      return reply.flash('draftKept').see(draftPath(query.place))
    },
  )

  app.delete<{ Querystring: Static<typeof AtPlace> }>(
    '/me/drafts',
    { config: { access: 'members' }, schema: { querystring: AtPlace } },
    async ({ actor, query }, reply) => {
      await forgetDraft(db, actor, query.place)
      return reply.flash('draftForgotten').see('/me/drafts')
    },
  )

  app.get('/me/drafts', { config: { access: 'members' } }, async ({ actor, t }, reply) => {
    const drafts = (await listDrafts(db, actor)).map(({ place, content, savedAt }) => ({
      path: draftPath(place),
      deletePath: `/me/drafts?_method=DELETE&place=${encodeURIComponent(place)}`,
      what: t(`topics.draft.place.${place.split(':')[0]}`),
      text: plainExcerpt([content.title, content.body].filter(Boolean).join(' '), 80),
      at: savedAt,
    }))
    return reply.page('topics/drafts', { title: t('topics.draft.title'), place: 'drafts', at: 'me', noIndex: true, drafts })
  })
}
