import { type Static, Type } from 'typebox'
import { Missing } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { presentAuthor } from '../../topics/present.ts'
import { measure } from '../badge_measures.ts'
import { listBadgesOf, listHolders } from '../badge_queries.ts'
import { BADGES, findBadge } from '../badge_rules.ts'
import { showBadge } from '../badges.ts'
import { presentBadge, presentGrants, presentMissing } from '../present_badges.ts'

const Paged = Type.Object({ after: Type.Optional(Type.String({ maxLength: 80 })) })
const Shown = Type.Object({ shown: Type.Union([Type.Literal('yes'), Type.Literal('no')]) })
type One = { Params: { key: string }; Querystring: Static<typeof Paged> }

/** Badges: all there are, who has them, and one's own. */
export async function badgeRoutes(app: App, { db }: Services): Promise<void> {
  app.get('/badges', { config: { access: 'everyone', cached: true } }, ({ t }, reply) =>
    reply.keep(['badges']).page('badges/index', {
      title: t('badges.title'),
      at: 'people',
      canonical: '/badges',
      tiers: ['bronze', 'silver', 'gold'].map(tier => ({
        label: t(`badges.tiers.${tier}`),
        badges: BADGES.filter(badge => badge.tier === tier).map(badge => presentBadge(badge, t)),
      })),
    }),
  )

  app.get<One>(
    '/badges/:key',
    { config: { access: 'everyone', cached: true }, schema: { querystring: Paged } },
    async ({ params, query, t }, reply) => {
      const badge = findBadge(params.key)
      if (!badge) throw new Missing()
      const page = await listHolders(db, badge.key, query.after)
      const shown = presentBadge(badge, t)
      return reply.keep([`badge:${badge.key}`, 'people']).page('badges/show', {
        title: shown.name,
        description: shown.text,
        at: 'people',
        canonical: shown.path,
        badge: shown,
        holders: page.rows.map(({ author, grantedAt }) => ({ author: presentAuthor(author, null, t.locale ?? 'ja', t), at: grantedAt })),
        nextPath: page.next && `${shown.path}?after=${encodeURIComponent(page.next)}`,
      })
    },
  )

  app.get('/me/badges', { config: { access: 'members' } }, async ({ actor, t }, reply) => {
    const grants = await listBadgesOf(db, actor.id, { hidden: true })
    const numbers = await measure(
      db,
      [actor.id],
      BADGES.map(badge => badge.measure),
    )
    return reply.page('me/badges', {
      title: t('badges.own'),
      at: 'me',
      place: 'badges',
      noIndex: true,
      badges: presentGrants(grants, t),
      missing: presentMissing(grants, numbers.get(actor.id) ?? {}, t),
    })
  })
  app.post<{ Params: { key: string }; Body: Static<typeof Shown> }>(
    '/me/badges/:key',
    { config: { access: 'members' }, schema: { body: Shown } },
    async ({ actor, params, body }, reply) => {
      await showBadge(db, actor, params.key, body.shown === 'yes')
      return reply.flash('saved').see('/me/badges')
    },
  )
}
