import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { managePath } from '../../companies/paths.ts'
import { nameIn } from '../../companies/present.ts'
import { findOwnCompany } from '../../companies/queries.ts'
import { Missing } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { sealPathOf, topicPath } from '../../topics/paths.ts'
import { findTopic } from '../../topics/queries.ts'
import { canSeal } from '../sealed/policy.ts'
import { companiesOf, findSealed, listOwnSealed } from '../sealed/queries.ts'
import { openSealed, SEALED_LETTERS, sealNote } from '../sealed/sealing.ts'

const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const Params = Type.Object({ id: Id })
const Opening = Type.Object({ company: Type.String({ maxLength: 60 }), id: Id })
const Note = Type.Object({
  words: Type.String({ maxLength: 10_000, default: '' }),
  company: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
})
type One<Body = unknown> = { Params: Static<typeof Params>; Body: Body }

/** The sealed box: what an asker hands to a company alone, and its opening by the person in charge. */
export async function sealedRoutes(app: App, { db, sealing }: Services): Promise<void> {
  const members = { config: { access: 'members' } as const, schema: { params: Params } }

  app.get<One>('/t/:id/sealed', members, (request, reply) => show(request, reply))
  app.post<One<Static<typeof Note>>>(
    '/t/:id/sealed',
    { ...members, schema: { params: Params, body: Note }, errorHandler: showAgain(show) },
    async ({ actor, params, body }, reply) => {
      const topic = await findTopic(db, actor, params.id)
      await sealNote(db, sealing, actor, topic, { words: body.words, companyId: body.company })
      return reply.flash('sealed').see(sealPathOf(topic) ?? topicPath(topic))
    },
  )

  app.post<{ Params: Static<typeof Opening> }>(
    '/c/:company/manage/sealed/:id',
    { config: { access: 'companies' }, schema: { params: Opening } },
    async ({ actor, params, t }, reply) => {
      const company = await findOwnCompany(db, actor, params.company)
      const note = await findSealed(db, company.id, params.id)
      const words = await openSealed(db, sealing, actor, note)
      return reply.header('cache-control', 'no-store').page('moderation/sealed_open', {
        title: t('sealed.openTitle'),
        noIndex: true,
        words,
        sealedAt: note.sealedAt,
        backPath: managePath(company, `inbox/${note.topicId}`),
      })
    },
  )

  async function show(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t, preferences } = request
    const topic = await findTopic(db, actor, (request.params as One['Params']).id)
    if (!canSeal(actor, topic)) throw new Missing()
    const [companies, sealed] = await Promise.all([companiesOf(db, topic.companyIds), listOwnSealed(db, actor, topic.id)])
    return reply.header('cache-control', 'no-store').page('moderation/sealed', {
      title: t('personal.seal'),
      noIndex: true,
      topic: { title: topic.title, path: topicPath(topic), action: sealPathOf(topic) },
      companies: companies.map((company, place) => ({
        value: company.id,
        label: nameIn(company, preferences.locale),
        isChosen: form ? String(company.id) === String(form.values.company) : place === 0,
      })),
      sealed: sealed.map(note => ({ ...note, company: nameIn(note, preferences.locale) })),
      longest: SEALED_LETTERS,
      values: form?.values ?? {},
      errors: form?.errors ?? {},
      errorList: form?.errorList,
    })
  }
}
