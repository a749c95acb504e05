import type { FastifyReply, FastifyRequest } from 'fastify'
import { lookAgain, settleNudge } from '../../moderation/words/nudging.ts'
import { presentHarshness } from '../../moderation/words/present.ts'
import type { Db } from '../../platform/db.ts'
import { keepDraft } from '../drafts.ts'
import { topicPath } from '../paths.ts'
import type { Topic } from '../queries.ts'

/** A reply as its form sends it; what a comparison asks besides the words is looked at too. */
type Sent = { body: string; draftKey: string; anyway?: string; nudged?: string } & Record<string, unknown>
type Reply = { topic: Pick<Topic, 'id' | 'title' | 'boardId' | 'rootBoardId'>; place: string; action: string; sent: Sent }
/** Where a writer goes once his reply is posted, and what he is told there. */
type Posted = { flash: string; path: string }

/**
 * Posts a reply, or asks its writer to look at it again when it sounds harsh: what he wrote is kept as a draft and shown with the words
 * marked. Once he was asked, what he does is counted, before he hears that it is posted.
 */
export async function onSecondLook(
  db: Db,
  request: FastifyRequest,
  reply: FastifyReply,
  { topic, place, action, sent }: Reply,
  post: () => Promise<Posted>,
): Promise<FastifyReply> {
  const { actor, t } = request
  const { body, draftKey, anyway, nudged, ...rest } = sent
  const text = [body, rest.good, rest.bad].filter(each => typeof each === 'string' && each).join('\n')
  const harsh = await lookAgain(db, actor, { topic, text, draftKey, anyway: anyway === 'yes' })
  if (!harsh) {
    const { flash, path } = await post()
    if (nudged) await settleNudge(db, actor, { draftKey, text })
    return reply.flash(flash).see(path)
  }
  const kept = Object.entries({ ...rest, body }).filter((each): each is [string, string] => typeof each[1] === 'string' && each[1] !== '')
  await keepDraft(db, actor, place, Object.fromEntries(kept), draftKey)
  return reply
    .code(422)
    .header('cache-control', 'no-store')
    .page('moderation/nudge', {
      title: t('words.nudge.title'),
      noIndex: true,
      topic: { title: topic.title, path: topicPath(topic) },
      action,
      place,
      harsh: presentHarshness(text, harsh, t),
      hidden: kept.filter(([name]) => name !== 'body').map(([name, value]) => ({ name, value })),
      values: { body, draftKey },
      errors: {},
    })
}
