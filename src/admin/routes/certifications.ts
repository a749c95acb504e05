import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { auditLook } from '../../moderation/audit.ts'
import { Missing } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { askSecondLook, decideCertification, noteLook, revokeCertification } from '../../reputation/certification.ts'
import {
  findCertification,
  hasOtherOperator,
  listCertifications,
  listSameNumber,
  listSteps,
} from '../../reputation/certification_queries.ts'
import { canAskSecondLook, canDecide, canRevoke } from '../../reputation/people/policy.ts'
import { presentInQueue, presentMarkOf } from '../../reputation/present_certification.ts'
import { showAdmin } from './page.ts'

const Params = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
const Queue = Type.Object({ list: Type.Optional(Type.String()), after: Type.Optional(Type.String({ maxLength: 80 })) })
const Decision = Type.Object({
  verdict: Type.Union([Type.Literal('approved'), Type.Literal('declined')]),
  reason: Type.String({ maxLength: 500, default: '' }),
})
const Note = Type.Object({ note: Type.String({ maxLength: 500, default: '' }) })
const Reason = Type.Object({ reason: Type.String({ maxLength: 500, default: '' }) })
type One<Body = unknown> = { Params: Static<typeof Params>; Body: Body }

/** Certificates that wait for a look, for operators; nobody looks at his own. */
export async function certificationAdminRoutes(app: App, { db, storage }: Services): Promise<void> {
  const operators = { config: { access: 'operators' } as const }
  const one = { ...operators, schema: { params: Params } }

  app.get<{ Querystring: Static<typeof Queue> }>(
    '/admin/certifications',
    { ...operators, schema: { querystring: Queue } },
    async (request, reply) => {
      const { actor, query, t } = request
      const list = query.list === 'decided' ? 'decided' : 'waiting'
      const page = await listCertifications(db, actor, { list, after: query.after })
      return showAdmin(request, reply, 'certifications', 'certifications', {
        tabs: (['waiting', 'decided'] as const).map(name => ({
          path: name === 'waiting' ? '/admin/certifications' : '/admin/certifications?list=decided',
          label: t(`certification.lists.${name}`),
          isCurrent: name === list,
        })),
        rows: page.rows.map(line => presentInQueue(line, t)),
        emptyText: t(`certification.lists.empty.${list}`),
        nextPath: page.next && `/admin/certifications?list=${list}&after=${encodeURIComponent(page.next)}`,
      })
    },
  )

  app.get<One>('/admin/certifications/:id', one, (request, reply) => show(request, reply))

  // The proof leaves the store only here, for the operator who checks it; each look is written down.
  app.get<One>('/admin/certifications/:id/picture', one, async ({ actor, params }, reply) => {
    const certification = await findCertification(db, actor, params.id)
    // After the decision it is only waiting to be deleted.
    if (!certification.picture || certification.decidedAt) throw new Missing()
    await noteLook(db, actor, certification)
    await auditLook(db, actor, { subject: 'certification', id: certification.id })
    const bytes = await storage.getBytes(certification.picture)
    return reply
      .headers({ 'content-type': 'image/webp', 'content-disposition': 'inline', 'cache-control': 'no-store' })
      .headers({ 'content-security-policy': "default-src 'none'; sandbox", 'x-content-type-options': 'nosniff' })
      .send(Buffer.from(bytes))
  })

  app.post<One<Static<typeof Decision>>>(
    '/admin/certifications/:id/decision',
    { ...operators, schema: { params: Params, body: Decision }, errorHandler: showAgain(show) },
    async ({ actor, params, body }, reply) => {
      await decideCertification(db, actor, await findCertification(db, actor, params.id), body)
      return reply.flash('certificationDecided').see(`/admin/certifications/${params.id}`)
    },
  )

  app.post<One<Static<typeof Note>>>(
    '/admin/certifications/:id/second-look',
    { ...operators, schema: { params: Params, body: Note }, errorHandler: showAgain(show) },
    async ({ actor, params, body }, reply) => {
      await askSecondLook(db, actor, await findCertification(db, actor, params.id), body.note)
      return reply.flash('secondLookAsked').see('/admin/certifications')
    },
  )

  app.post<One<Static<typeof Reason>>>(
    '/admin/certifications/:id/revocation',
    { ...operators, schema: { params: Params, body: Reason }, errorHandler: showAgain(show) },
    async ({ actor, params, body }, reply) => {
      await revokeCertification(db, actor, await findCertification(db, actor, params.id), body.reason)
      return reply.flash('certificationRevoked').see(`/admin/certifications/${params.id}`)
    },
  )

  async function show(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t } = request
    const certification = await findCertification(db, actor, (request.params as One['Params']).id)
    const isOwn = certification.accountId === actor.id
    const [steps, sameNumber, hasOther] = await Promise.all([
      listSteps(db, certification.id),
      isOwn ? [] : listSameNumber(db, certification),
      hasOtherOperator(db, actor, certification.accountId),
    ])
    const shown = presentInQueue(certification, t)
    return showAdmin(request, reply, 'certification', 'certifications', {
      title: shown.name,
      certification: {
        ...shown,
        // One's own number and picture are for the others to look at.
        certificateNumber: isOwn ? undefined : certification.number,
        picturePath: !isOwn && shown.waits && certification.picture ? `${shown.path}/picture` : undefined,
        mark: presentMarkOf(certification, t),
        isAdvisor: certification.holder.role === 'advisor',
        rolePath: `/admin/members/${certification.holder.handle}`,
      },
      isOwn,
      sameNumber: sameNumber.map(handle => `@${handle}`).join(' '),
      steps: steps.map(step => ({ ...step, label: t(`certification.steps.${step.kind}`), name: step.name ?? undefined })),
      canDecide: canDecide(actor, certification),
      canAskSecondLook: canAskSecondLook(actor, certification) && hasOther,
      needsOther: certification.state === 'second_look' && certification.secondLookById === actor.id,
      canRevoke: canRevoke(actor, certification),
      ...form,
    })
  }
}
