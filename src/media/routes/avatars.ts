import type { FastifyReply, FastifyRequest } from 'fastify'
import { presentMember } from '../../accounts/present_member.ts'
import { findAccount } from '../../accounts/queries.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { receiveFile } from '../../platform/web_files.ts'
import { changeAvatar, removeAvatar } from '../avatars.ts'

/** One's own picture beside what one writes. */
export async function avatarRoutes(app: App, { db, storage }: Services): Promise<void> {
  app.get('/me/avatar', { config: { access: 'members' } }, (request, reply) => show(request, reply))

  app.post('/me/avatar', { config: { access: 'members' }, errorHandler: showAgain(show) }, async (request, reply) => {
    const { file } = await receiveFile(request)
    await changeAvatar({ db, storage }, request.actor, file)
    return reply.flash('saved').see('/me/profile')
  })

  app.delete('/me/avatar', { config: { access: 'members' } }, async ({ actor }, reply) => {
    await removeAvatar({ db, storage }, actor)
    return reply.flash('saved').see('/me/profile')
  })

  async function show(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t } = request
    const member = presentMember(await findAccount(db, actor.id), t)
    return reply.page('me/avatar', { title: t('me.avatar.title'), at: 'me', noIndex: true, member, ...form })
  }
}
