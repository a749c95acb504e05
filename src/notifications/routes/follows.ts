import { type Static, Type } from 'typebox'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { findSubject, levelOf, listFollows } from '../follow_queries.ts'
import { follow, unfollow } from '../follows.ts'
import { followsPath } from '../paths.ts'
import { CHOICES, presentChoices, presentFollowed } from '../present_follow.ts'

const Of = Type.String({ minLength: 3, maxLength: 100 })
const FollowForm = Type.Object({ of: Of, level: Type.Union(CHOICES.map(choice => Type.Literal(choice))) })

/** What somebody follows, and how much of it he wants to hear. */
export async function followRoutes(app: App, { db }: Services): Promise<void> {
  app.get<{ Querystring: { of: string } }>(
    '/notifications/follow',
    { config: { access: 'members' }, schema: { querystring: Type.Object({ of: Of }) } },
    async ({ actor, t, query }, reply) => {
      const subject = await findSubject(db, actor, query.of)
      return reply.page('notifications/follow', {
        title: t('follows.title'),
        at: 'notices',
        noIndex: true,
        subject,
        name: actor.preferences.locale === 'en' ? subject.nameEn : subject.nameJa,
        what: t(`follows.what.${subject.what}`),
        choices: presentChoices(subject, await levelOf(db, actor, subject), t),
        followsPath,
      })
    },
  )

  app.post<{ Body: Static<typeof FollowForm> }>(
    '/notifications/follow',
    { config: { access: 'members' }, schema: { body: FollowForm } },
    async ({ actor, body }, reply) => {
      const subject = await findSubject(db, actor, body.of)
      if (body.level === 'none') await unfollow(db, actor, subject)
      else await follow(db, actor, subject, body.level)
      return reply.flash('followSaved').see(subject.path)
    },
  )

  app.get<{ Querystring: { after?: string } }>(
    followsPath,
    { config: { access: 'members' }, schema: { querystring: Type.Object({ after: Type.Optional(Type.String({ maxLength: 60 })) }) } },
    async ({ actor, t, query }, reply) => {
      const { rows, next } = await listFollows(db, actor, query.after)
      return reply.page('notifications/follows', {
        title: t('follows.list'),
        at: 'notices',
        noIndex: true,
        follows: rows.map(row => presentFollowed(row, actor, t)),
        nextPath: next && `${followsPath}?after=${encodeURIComponent(next)}`,
      })
    },
  )
}
