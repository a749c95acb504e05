import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { Missing } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { postLink } from '../../topics/paths.ts'
import { certificateOf, keyAddress } from '../certificate.ts'
import { readCode } from '../code.ts'
import { resumeGuarantee, suspendGuarantee } from '../deeds.ts'
import { evidencePlace, evidenceType } from '../evidence.ts'
import { openKey } from '../keys.ts'
import { certificatePath } from '../paths.ts'
import { canSuspend } from '../policy.ts'
import { presentCertificate } from '../present.ts'
import { findCertificate } from '../queries.ts'

const Code = Type.Object({ code: Type.String({ maxLength: 40 }) })
const Typed = Type.Object({ code: Type.Optional(Type.String({ maxLength: 60 })) })
const SuspendForm = Type.Object({
  reason: Type.String({ maxLength: 5000, default: '' }),
  seen: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
})
const ResumeForm = Type.Object({ seen: Type.Integer({ minimum: 1, maximum: 1_000_000 }) })
type One<Body = unknown> = { Params: { code: string }; Body: Body }

/** Certificates as everybody reads, checks and prints them; the operator may stop one. */
export async function certificateRoutes(app: App, services: Services): Promise<void> {
  const { db, storage } = services
  const key = await openKey(db)
  const open = { config: { access: 'everyone', cached: true } as const, schema: { params: Code } }

  app.get(keyAddress, { config: { access: 'everyone' } }, async (_, reply) =>
    reply.header('cache-control', 'public, max-age=3600').type('application/jwk+json').send(key.publicKey),
  )

  app.get<{ Querystring: Static<typeof Typed> }>(
    '/guarantees',
    { config: { access: 'everyone' }, schema: { querystring: Typed } },
    async (request, reply) => {
      const { query } = request
      if (!query.code?.trim()) return showLookUp(request, reply)
      const code = readCode(query.code)
      return code ? reply.redirect(certificatePath({ code }), 303) : showLookUp(request, reply, { typed: query.code, isWrong: true })
    },
  )

  app.get<One>('/guarantees/:code', open, async (request, reply) => {
    const isJson = request.params.code.endsWith('.json')
    const typed = request.params.code.replace(/\.json$/, '')
    const code = readCode(typed)
    if (!code) return isJson ? notThere() : showLookUp(request, reply, { typed, isWrong: true })
    if (code !== typed) return reply.redirect(certificatePath({ code }) + (isJson ? '.json' : ''), 301)
    const found = await findCertificate(db, request.actor, code).catch(error => {
      if (error instanceof Missing && !isJson) return undefined
      throw error
    })
    if (!found) return showLookUp(request, reply, { typed, isUnknown: true })
    if (isJson) {
      const signed = key.signed(certificateOf(found, services.siteUrl, postLink(found.post)))
      return reply.header('cache-control', 'no-cache').header('access-control-allow-origin', '*').send(signed)
    }
    return showCertificate(request, reply, found)
  })

  app.get<One>(
    '/guarantees/:code/evidence',
    { config: { access: 'everyone' }, schema: { params: Code } },
    async ({ actor, params }, reply) => {
      const { evidenceFile } = await findCertificate(db, actor, readCode(params.code) ?? '')
      if (!evidenceFile) throw new Missing()
      const bytes = await storage.getBytes(evidencePlace(evidenceFile))
      const ending = evidenceFile.split('.').at(-1)
      return reply
        .headers({ 'content-type': evidenceType(evidenceFile), 'content-disposition': `attachment; filename="${params.code}.${ending}"` })
        .headers({ 'content-security-policy': "default-src 'none'; sandbox", 'x-content-type-options': 'nosniff' })
        .send(Buffer.from(bytes))
    },
  )

  const operators = { config: { access: 'operators' } as const }
  app.post<One<Static<typeof SuspendForm>>>(
    '/admin/guarantees/:code/suspension',
    { ...operators, schema: { params: Code, body: SuspendForm }, errorHandler: showAgain(again) },
    async ({ actor, params, body }, reply) => {
      const guarantee = await findCertificate(db, actor, readCode(params.code) ?? '')
      await suspendGuarantee(db, actor, guarantee, body)
      return reply.flash('guaranteeSuspended').see(certificatePath(guarantee))
    },
  )
  app.delete<One<Static<typeof ResumeForm>>>(
    '/admin/guarantees/:code/suspension',
    { ...operators, schema: { params: Code, body: ResumeForm }, errorHandler: showAgain(again) },
    async ({ actor, params, body }, reply) => {
      const guarantee = await findCertificate(db, actor, readCode(params.code) ?? '')
      await resumeGuarantee(db, actor, guarantee, body)
      return reply.flash('guaranteeResumed').see(certificatePath(guarantee))
    },
  )

  async function again(request: FastifyRequest, reply: FastifyReply, form: FormAgain): Promise<FastifyReply> {
    const code = readCode((request.params as One['Params']).code) ?? ''
    return showCertificate(request, reply, await findCertificate(db, request.actor, code), form)
  }

  async function showCertificate(
    request: FastifyRequest,
    reply: FastifyReply,
    guarantee: Awaited<ReturnType<typeof findCertificate>>,
    form?: FormAgain,
  ): Promise<FastifyReply> {
    const { actor, t, preferences } = request
    const { code } = guarantee
    const certificate = presentCertificate(guarantee, preferences.locale, t)
    const address = services.siteUrl + certificatePath(guarantee)
    return reply.keep([`topic:${guarantee.topicId}`, `company:${guarantee.companyId}`, 'people']).page('guarantees/show', {
      title: t('guarantees.certificate.title', { code }),
      noIndex: !guarantee.isReadable,
      canonical: certificatePath(guarantee),
      certificate,
      address,
      qrHtml: await (await import('qrcode')).default.toString(address, { type: 'svg', margin: 0, errorCorrectionLevel: 'M' }),
      operator: canSuspend(actor)
        ? {
            action: `/admin/guarantees/${code}/suspension`,
            seen: guarantee.number,
            canSuspend: guarantee.state === 'given',
            canResume: guarantee.state === 'suspended' && guarantee.suspendedBy === 'operator',
          }
        : undefined,
      values: {},
      errors: {},
      ...form,
    })
  }
}

function notThere(): never {
  throw new Missing()
}

/** The plain page on which a code can be typed; also what a wrong or unknown one gets. */
function showLookUp(
  { t }: FastifyRequest,
  reply: FastifyReply,
  { typed = '', isWrong = false, isUnknown = false }: { typed?: string; isWrong?: boolean; isUnknown?: boolean } = {},
): FastifyReply {
  const error = isWrong ? t('guarantees.lookUp.wrong') : isUnknown ? t('guarantees.lookUp.unknown') : undefined
  if (error) reply.code(404)
  return reply.page('guarantees/look_up', { title: t('guarantees.lookUp.title'), noIndex: true, typed, errors: { code: error } })
}
