import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, type TSchema, Type } from 'typebox'
import type { Actor } from '../../accounts/actor.ts'
import { managePath } from '../../companies/paths.ts'
import { listScopeChoices } from '../../companies/product_queries.ts'
import { findOwnCompany } from '../../companies/queries.ts'
import type { Db } from '../../platform/db.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { receiveFile } from '../../platform/web_files.ts'
import { readCode } from '../code.ts'
import { confirmGuarantee, dropGuarantee, recallGuarantee, recheckGuarantee, renewGuarantee, revokeGuarantee } from '../deeds.ts'
import { digestOf } from '../digest.ts'
import { addEvidence } from '../evidence.ts'
import { guaranteePath } from '../paths.ts'
import { canConfirm } from '../policy.ts'
import { presentCertificate, presentLine } from '../present.ts'
import { findCompanyGuarantee, GROUPS, type Guarantee, listGuarantees } from '../queries.ts'
import { dayBounds, draftOf, firstValues, presentScope, Seen, type TermsBody, TermsForm } from './forms.ts'
import { showManaging } from './page.ts'

const List = Type.Object({ list: Type.Optional(Type.String({ maxLength: 20 })), after: Type.Optional(Type.String({ maxLength: 40 })) })
const SeenForm = Type.Object({ seen: Seen })
const RenewForm = Type.Object({ seen: Seen, validUntil: Type.String({ maxLength: 10, default: '' }) })
const EndForm = Type.Object({ seen: Seen, reason: Type.String({ maxLength: 5000, default: '' }) })
type Route<Body = unknown> = { Params: { company: string; code: string }; Body: Body }
type Deed<Body> = (db: Db, actor: Actor, guarantee: Guarantee, input: Body) => Promise<unknown>

/** A company's guarantees: looked after, one by one. */
export async function guaranteeRoutes(app: App, { db, storage }: Services): Promise<void> {
  const companies = { config: { access: 'companies' } as const }
  const form = <Body extends object>(body: Body) => ({ ...companies, schema: { body }, errorHandler: showAgain(showOne) })
  const of = (request: FastifyRequest) => request.params as Route['Params']

  app.get<{ Params: Route['Params']; Querystring: Static<typeof List> }>(
    '/c/:company/manage/guarantees',
    { ...companies, schema: { querystring: List } },
    async (request, reply) => {
      const { actor, params, query, t } = request
      const company = await findOwnCompany(db, actor, params.company)
      const group = GROUPS.find(name => name === query.list) ?? 'waiting'
      const page = await listGuarantees(db, company.id, group, query.after)
      const path = managePath(company, 'guarantees')
      return showManaging(request, reply, company, 'list', {
        tabs: GROUPS.map(name => ({ path: `${path}?list=${name}`, label: t(`guarantees.groups.${name}`), isCurrent: name === group })),
        guarantees: page.rows.map(line => presentLine(line, actor.preferences.locale, t)),
        emptyText: t(`guarantees.none.${group}`),
        nextPath: page.next && `${path}?list=${group}&after=${encodeURIComponent(page.next)}`,
      })
    },
  )

  app.get<Route>('/c/:company/manage/guarantees/:code', companies, (request, reply) => showOne(request, reply))

  app.put<Route<TermsBody>>('/c/:company/manage/guarantees/:code', form(TermsForm), async (request, reply) => {
    const guarantee = await find(request)
    const { seen = guarantee.number, revision } = request.body
    const checked = await recheckGuarantee(db, request.actor, guarantee, { ...draftOf(request.body), seen, revision })
    return reply.flash(checked.state === 'pending' ? 'guaranteePending' : 'guaranteeGiven').see(guaranteePath(guarantee.company, guarantee))
  })
  /** A button below a guarantee: does its deed, and shows the guarantee as it stands then. */
  const press = <Body extends TSchema>(method: 'POST' | 'DELETE', place: string, body: Body, deed: Deed<Static<Body>>, flash: string) =>
    app.route<Route<Static<Body>>>({
      method,
      url: `/c/:company/manage/guarantees/:code/${place}`,
      ...form(body),
      handler: async (request, reply) => {
        const guarantee = await find(request)
        await deed(db, request.actor, guarantee, request.body as Static<Body>)
        return reply.flash(flash).see(guaranteePath(guarantee.company, guarantee))
      },
    })
  press('POST', 'confirmation', SeenForm, confirmGuarantee, 'guaranteeGiven')
  press('DELETE', 'confirmation', SeenForm, dropGuarantee, 'guaranteeDropped')
  press('POST', 'renewal', RenewForm, renewGuarantee, 'guaranteeRenewed')
  press('POST', 'revocation', EndForm, revokeGuarantee, 'guaranteeRevoked')
  press('POST', 'recall', EndForm, recallGuarantee, 'guaranteeRecalled')

  app.post<Route>(
    '/c/:company/manage/guarantees/:code/evidence',
    { ...companies, errorHandler: showAgain(showOne) },
    async (request, reply) => {
      const guarantee = await find(request)
      const { file, fields } = await receiveFile(request)
      await addEvidence({ db, storage }, request.actor, guarantee, { file, name: fields.name ?? '' })
      return reply.flash('saved').see(guaranteePath(guarantee.company, guarantee))
    },
  )

  async function find(request: FastifyRequest): Promise<Guarantee> {
    const company = await findOwnCompany(db, request.actor, of(request).company)
    return findCompanyGuarantee(db, company, readCode(of(request).code) ?? '')
  }

  async function showOne(request: FastifyRequest, reply: FastifyReply, again?: FormAgain): Promise<FastifyReply> {
    const { actor, t } = request
    const { locale } = actor.preferences
    const company = await findOwnCompany(db, actor, of(request).company)
    const guarantee = await findCompanyGuarantee(db, company, readCode(of(request).code) ?? '')
    const { state, post, terms, number } = guarantee
    const choices = await listScopeChoices(db, company.id, [
      ...new Set([...guarantee.topic.productIds, ...terms.scope.map(each => each.productId)]),
    ])
    const standing = { ...terms, ...firstValues(terms.scope) }
    const values = { ...standing, ...again?.values }
    const isBound = guarantee.digest === digestOf(post)
    const isThere = !post.withdrawnAt && !post.hiddenAt
    return showManaging(request, reply, company, 'guarantee', {
      title: t('guarantees.certificate.title', { code: guarantee.code }),
      path: guaranteePath(company, guarantee),
      certificate: presentCertificate({ ...guarantee, isReadable: true }, locale, t),
      isPublic: guarantee.inForceSince !== null,
      isEdited: !isBound && isThere,
      isHeld: guarantee.suspendedBy === 'operator',
      seen: number,
      revision: post.revision,
      canConfirm: state === 'pending' && canConfirm(actor, guarantee),
      waitsForOther: state === 'pending' && !canConfirm(actor, guarantee),
      canDrop: state === 'pending' || state === 'asked',
      canRecheck: isThere && ['given', 'suspended', 'expired'].includes(state) && guarantee.suspendedBy !== 'operator',
      canRenew: isBound && (state === 'given' || state === 'expired'),
      canRevoke: ['given', 'suspended', 'expired'].includes(state),
      canRecall: ['given', 'suspended', 'expired', 'revoked'].includes(state),
      canEvidence: !['declined', 'recalled'].includes(state),
      products: presentScope(choices, { values, errors: again?.errors ?? {} }, locale),
      ...dayBounds(),
      ...again,
      values: { ...values, revision: post.revision },
      errors: again?.errors ?? {},
    })
  }
}
