import { type Static, Type } from 'typebox'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { ignoreMember, listIgnored, stopIgnoring, WAYS } from '../ignoring.ts'
import { memberPath } from '../present_member.ts'
import { findMember } from '../queries.ts'

const WayForm = Type.Object({ way: Type.Union(WAYS.map(way => Type.Literal(way))) })
type Member<Body = unknown> = { Params: { handle: string }; Body: Body }

/** Not to see somebody, and to see him again. */
export async function ignoringRoutes(app: App, { db }: Services): Promise<void> {
  const members = { config: { access: 'members' } as const }

  app.post<Member<Static<typeof WayForm>>>(
    '/u/:handle/ignoring',
    { ...members, schema: { body: WayForm } },
    async ({ actor, params, body }, reply) => {
      const other = await findMember(db, params.handle)
      await ignoreMember(db, actor, other, body.way)
      return reply.flash(body.way === 'block' ? 'blocked' : 'ignored').see(memberPath(other))
    },
  )
  app.delete<Member>('/u/:handle/ignoring', members, async ({ actor, params, headers }, reply) => {
    const other = await findMember(db, params.handle)
    await stopIgnoring(db, actor, other)
    return reply.flash('ignoringEnded').see(headers.referer?.endsWith('/me/ignored') ? '/me/ignored' : memberPath(other))
  })

  app.get('/me/ignored', members, async ({ actor, t }, reply) => {
    const people = (await listIgnored(db, actor)).map(each => ({
      ...each,
      path: memberPath(each),
      way: t(`ignoring.ways.${each.isBlocked ? 'block' : 'ignore'}`),
    }))
    return reply
      .header('cache-control', 'no-store')
      .page('me/ignored', { title: t('ignoring.title'), at: 'me', place: 'ignored', noIndex: true, people })
  })
}
