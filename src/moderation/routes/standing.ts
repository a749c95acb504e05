import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { Missing } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { ANSWER_DAYS, APPEAL_DAYS, appeal } from '../appeals/appealing.ts'
import { canAppeal } from '../appeals/policy.ts'
import { findAppealable, listAppeals, listHiddenOf } from '../appeals/queries.ts'
import { APPEALED } from '../appeals/schema.ts'
import { presentSanction, standingPath } from '../sanctions/present.ts'
import { listSanctions } from '../sanctions/queries.ts'
import { noteSeen, WORDS_LETTERS } from '../sanctions/sanctioning.ts'
import { presentTakedown, viewPath } from '../takedowns/present.ts'
import { listOwnTakedowns } from '../takedowns/queries.ts'

const Subject = Type.Object({
  subject: Type.Union(APPEALED.map(name => Type.Literal(name))),
  id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
})
const AppealForm = Type.Object({ words: Type.String({ maxLength: 4000 }) })
type Route<Body = unknown> = { Params: Static<typeof Subject>; Body: Body }

/** What was decided about oneself: what one may do, until when, why, and the way to object. */
export async function standingRoutes(app: App, { db }: Services): Promise<void> {
  const members = { config: { access: 'members' } as const }

  app.get('/me/standing', members, async (request, reply) => {
    const { actor, t, preferences } = request
    const [lines, hidden, objections, requests] = await Promise.all([
      listSanctions(db, actor.id),
      listHiddenOf(db, actor),
      listAppeals(db, actor),
      listOwnTakedowns(db, actor),
    ])
    if (lines.some(({ sanction }) => !sanction.seenAt)) await noteSeen(db, actor)
    const all = lines.map(line => ({
      ...presentSanction(line, preferences.locale, t),
      appealPath: !line.isOver && !line.appeal ? `/me/appeals/sanction/${line.sanction.id}` : undefined,
    }))
    return reply.header('cache-control', 'no-store').page('moderation/standing', {
      title: t('standing.title'),
      at: 'me',
      place: 'standing',
      noIndex: true,
      now: all.filter(({ isOver }) => !isOver),
      before: all.filter(({ isOver }) => isOver),
      hidden: hidden.map(post => ({
        ...post,
        appealPath: canAppeal(actor, post, APPEAL_DAYS) ? `/me/appeals/post/${post.id}` : undefined,
      })),
      takedowns: requests.map(({ takedown, title }) => ({ ...presentTakedown(takedown, t), title, path: viewPath(takedown) })),
      appeals: objections.map(each => ({
        ...each,
        what: t(`appeals.against.${each.subject}`),
        text: t(`appeals.outcomes.${each.outcome ?? 'waiting'}`),
        isOpen: each.outcome === null,
      })),
    })
  })

  app.get<Route>('/me/appeals/:subject/:id', { ...members, schema: { params: Subject } }, (request, reply) => showAppeal(request, reply))
  app.post<Route<Static<typeof AppealForm>>>(
    '/me/appeals/:subject/:id',
    { ...members, schema: { params: Subject, body: AppealForm }, errorHandler: showAgain(showAppeal) },
    async ({ actor, params, body }, reply) => {
      await appeal(db, actor, params.subject, params.id, body)
      return reply.flash('appealed').see(standingPath)
    },
  )

  async function showAppeal(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t } = request
    const { subject, id } = request.params as Route['Params']
    const matter = await findAppealable(db, actor, subject, id)
    if (!canAppeal(actor, matter, APPEAL_DAYS) && !form) throw new Missing()
    return reply.header('cache-control', 'no-store').page('moderation/appeal', {
      title: t('appeals.title'),
      at: 'me',
      noIndex: true,
      action: `/me/appeals/${subject}/${id}`,
      matter: { ...matter, title: subject === 'sanction' ? t(`sanctions.kinds.${matter.title}`) : matter.title },
      lead: t('appeals.lead', { count: ANSWER_DAYS }),
      longest: WORDS_LETTERS,
      values: form?.values ?? {},
      errors: form?.errors ?? {},
      errorList: form?.errorList,
    })
  }
}
