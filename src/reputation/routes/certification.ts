import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { receiveFile } from '../../platform/web_files.ts'
import { withdrawCertification } from '../certification.ts'
import { findOwnCertification, listOwnCertifications } from '../certification_queries.ts'
import { applyForCertification, type Certificate } from '../certifying.ts'
import { canApply } from '../people/policy.ts'
import { presentCertification, presentSchemes } from '../present_certification.ts'

const Params = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })

/** One's own certificates: presented with a picture, taken back, seen where they stand. */
export async function certificationRoutes(app: App, { db, storage }: Services): Promise<void> {
  app.get('/me/certification', { config: { access: 'members' } }, (request, reply) => show(request, reply))

  app.post('/me/certification', { config: { access: 'members' }, errorHandler: showAgain(show) }, async (request, reply) => {
    const { file, fields } = await receiveFile(request)
    await applyForCertification({ db, storage }, request.actor, certificateFrom(fields), file)
    return reply.flash('certificationSent').see('/me/certification')
  })

  app.delete<{ Params: { id: number } }>(
    '/me/certification/:id',
    { config: { access: 'members' }, schema: { params: Params } },
    async ({ actor, params }, reply) => {
      await withdrawCertification(db, actor, await findOwnCertification(db, actor, params.id))
      return reply.flash('certificationWithdrawn').see('/me/certification')
    },
  )

  async function show(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t } = request
    const own = (await listOwnCertifications(db, actor)).map(line => presentCertification(line, t))
    return reply.header('cache-control', 'no-store').page('me/certification', {
      title: t('certification.title'),
      at: 'me',
      place: 'certification',
      noIndex: true,
      own,
      mayApply: canApply(actor),
      schemes: presentSchemes(t, form?.values.grade),
      isAdvisor: actor.role === 'advisor',
      ...form,
    })
  }
}

const certificateFrom = ({
  grade = '',
  edition = '',
  number = '',
  issuedOn = '',
  expiresOn = '',
  wantsAdvisor,
}: Record<string, string>): Certificate => ({
  grade,
  edition,
  number,
  issuedOn,
  expiresOn,
  wantsAdvisor: wantsAdvisor === 'yes',
})
