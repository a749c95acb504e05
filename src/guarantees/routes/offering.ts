import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { listScopeChoices } from '../../companies/product_queries.ts'
import { findOwnCompany } from '../../companies/queries.ts'
import { Missing } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { findPost } from '../../topics/page_queries.ts'
import { postPath } from '../../topics/paths.ts'
import { offerGuarantee } from '../offering.ts'
import { guaranteePath, offerPath } from '../paths.ts'
import { canGuarantee } from '../policy.ts'
import { standingGuarantee } from '../queries.ts'
import { dayBounds, draftOf, firstValues, presentScope, type TermsBody, TermsForm } from './forms.ts'
import { showManaging } from './page.ts'

const Params = Type.Object({ company: Type.String({ maxLength: 60 }), id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
type Route<Body = unknown> = { Params: { company: string; id: number }; Body: Body }

/** Vouching for an answer. */
export async function offeringRoutes(app: App, { db }: Services): Promise<void> {
  const options = { config: { access: 'companies' } as const, schema: { params: Params } }

  app.get<Route>('/c/:company/manage/answers/:id/guarantee', options, (request, reply) => showForm(request, reply))
  app.post<Route<TermsBody>>(
    '/c/:company/manage/answers/:id/guarantee',
    { ...options, schema: { params: Params, body: TermsForm }, errorHandler: showAgain(showForm) },
    async ({ actor, params, body }, reply) => {
      const company = await findOwnCompany(db, actor, params.company)
      const answer = await findPost(db, actor, params.id)
      const guarantee = await offerGuarantee(db, actor, company, answer, { ...draftOf(body), revision: body.revision })
      const flash = { asked: 'guaranteeAsked', pending: 'guaranteePending' }[guarantee.state as string] ?? 'guaranteeGiven'
      return reply.flash(flash).see(guarantee.state === 'given' ? postPath(answer.topic, answer) : guaranteePath(company, guarantee))
    },
  )

  async function showForm(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t } = request
    const { company: slug, id } = request.params as Route['Params']
    const company = await findOwnCompany(db, actor, slug)
    const answer = await findPost(db, actor, id)
    if (!canGuarantee(actor, answer, company.id)) throw new Missing()
    const standing = await standingGuarantee(db, company.id, answer.id)
    if (standing && !form) return reply.redirect(guaranteePath(company, standing), 303)
    const choices = await listScopeChoices(db, company.id, answer.topic.productIds)
    const named = choices.map(choice => ({ productId: choice.id, fromVersionId: null, toVersionId: null }))
    const values = form?.values ?? firstValues(named)
    const isOwn = answer.companyId === company.id
    return showManaging(request, reply, company, 'offer', {
      title: t('guarantees.offer.title'),
      action: offerPath(company, answer),
      backPath: postPath(answer.topic, answer),
      topicTitle: answer.topic.title,
      bodyHtml: answer.bodyHtml,
      lead: t(isOwn ? 'guarantees.offer.leadOwn' : 'guarantees.offer.leadMember'),
      needsSecondPair: company.demandsSecondPair,
      products: presentScope(choices, { values, errors: form?.errors ?? {} }, actor.preferences.locale),
      ...dayBounds(),
      ...form,
      values: { ...values, revision: answer.revision },
      errors: form?.errors ?? {},
    })
  }
}
