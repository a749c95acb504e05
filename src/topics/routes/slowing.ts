import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { slowHere, unslowHere } from '../../moderation/heat/calming.ts'
import { Missing } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { canSlow } from '../helping/policy.ts'
import { REASON_LETTERS, SLOW_HOURS, SLOW_MINUTES } from '../helping/slowing.ts'
import { slowPath, topicPath } from '../paths.ts'
import { findTopic } from '../queries.ts'
import type { Route } from './posts.ts'
import { TopicParams } from './topic.ts'

const SlowForm = Type.Object({
  minutes: Type.Union(SLOW_MINUTES.map(minutes => Type.Literal(`${minutes}`))),
  hours: Type.Union(SLOW_HOURS.map(hours => Type.Literal(`${hours}`))),
  reason: Type.String({ maxLength: REASON_LETTERS }),
})

/** Slowing a topic down, and letting it run again. */
export async function slowingRoutes(app: App, { db }: Services): Promise<void> {
  const members = { config: { access: 'members' } as const, schema: { params: TopicParams } }

  app.get<Route>('/t/:id/slow', members, (request, reply) => showSlowing(request, reply))
  app.post<Route<Static<typeof SlowForm>>>(
    '/t/:id/slow',
    { ...members, schema: { params: TopicParams, body: SlowForm }, errorHandler: showAgain(showSlowing) },
    async ({ actor, params, body }, reply) => {
      const topic = await findTopic(db, actor, params.id)
      const [minutes, hours] = [SLOW_MINUTES.find(each => `${each}` === body.minutes), SLOW_HOURS.find(each => `${each}` === body.hours)]
      await slowHere(db, actor, topic, { minutes: minutes ?? 15, hours: hours ?? 6, reason: body.reason })
      return reply.flash('slowed').see(topicPath(topic))
    },
  )
  app.delete<Route>('/t/:id/slow', members, async ({ actor, params }, reply) => {
    const topic = await findTopic(db, actor, params.id)
    await unslowHere(db, actor, topic)
    return reply.flash('unslowed').see(topicPath(topic))
  })

  async function showSlowing(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t } = request
    const topic = await findTopic(db, actor, (request.params as { id: number }).id)
    if (!canSlow(actor, topic)) throw new Missing()
    const values = form?.values ?? { minutes: topic.slowMinutes ?? 15, hours: 6, reason: topic.slowById ? (topic.slowReason ?? '') : '' }
    const choices = (name: 'minutes' | 'hours', all: readonly number[]) =>
      all.map(value => ({ value, label: t(`topics.slow.${name}`, { count: value }), isChosen: `${values[name]}` === `${value}` }))
    return reply.page('topics/slow', {
      title: t('topics.slow.title'),
      noIndex: true,
      topic: { title: topic.title, path: topicPath(topic), action: slowPath(topic) },
      fields: [
        { name: 'minutes', label: t('topics.slow.pause'), choices: choices('minutes', SLOW_MINUTES), error: form?.errors.minutes },
        { name: 'hours', label: t('topics.slow.lasts'), choices: choices('hours', SLOW_HOURS), error: form?.errors.hours },
      ],
      longest: REASON_LETTERS,
      values,
      errors: form?.errors ?? {},
      errorList: form?.errorList,
    })
  }
}
