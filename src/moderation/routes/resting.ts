import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { Missing } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { canRest } from '../../topics/helping/policy.ts'
import { REST_LENGTHS, REST_LETTERS, REST_REASONS } from '../../topics/helping/resting.ts'
import { restPath, topicPath } from '../../topics/paths.ts'
import { findTopic } from '../../topics/queries.ts'
import { restHere, wakeHere } from '../heat/calming.ts'

const Params = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
const RestForm = Type.Object({
  length: Type.Union(REST_LENGTHS.map(each => Type.Literal(each))),
  reason: Type.Union(REST_REASONS.map(each => Type.Literal(each))),
  words: Type.String({ maxLength: REST_LETTERS, default: '' }),
})
type Route = { Params: Static<typeof Params>; Body: Static<typeof RestForm> }

/** Letting a topic rest, and waking it. */
export async function restingRoutes(app: App, { db }: Services): Promise<void> {
  const members = { config: { access: 'members' } as const, schema: { params: Params } }

  app.get<Route>('/t/:id/rest', members, (request, reply) => showForm(request, reply))
  app.post<Route>(
    '/t/:id/rest',
    { ...members, schema: { params: Params, body: RestForm }, errorHandler: showAgain(showForm) },
    async ({ actor, params, body }, reply) => {
      const topic = await findTopic(db, actor, params.id)
      await restHere(db, actor, topic, body)
      return reply.flash('rested').see(topicPath(topic))
    },
  )
  app.delete<Route>('/t/:id/rest', members, async ({ actor, params }, reply) => {
    const topic = await findTopic(db, actor, params.id)
    await wakeHere(db, actor, topic)
    return reply.flash('woken').see(topicPath(topic))
  })

  async function showForm(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t } = request
    const topic = await findTopic(db, actor, (request.params as Route['Params']).id)
    if (!canRest(actor, topic)) throw new Missing()
    const values = form?.values ?? { length: 'morning', reason: 'heated', words: '' }
    const choices = (name: 'length' | 'reason', all: readonly string[], group: string) => ({
      name,
      label: t(`topics.rest.${name}`),
      choices: all.map(value => ({ value, label: t(`topics.rest.${group}.${value}`), isChosen: values[name] === value })),
      error: form?.errors[name],
    })
    return reply.page('topics/rest', {
      title: t('topics.rest.title'),
      noIndex: true,
      topic: { title: topic.title, path: topicPath(topic), action: restPath(topic) },
      fields: [choices('length', REST_LENGTHS, 'lengths'), choices('reason', REST_REASONS, 'reasons')],
      longest: REST_LETTERS,
      values,
      errors: form?.errors ?? {},
      errorList: form?.errorList,
    })
  }
}
