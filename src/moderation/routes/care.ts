import { Type } from 'typebox'
import { Missing } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { findPost } from '../../topics/page_queries.ts'
import { topicPath } from '../../topics/paths.ts'
import { worksHere } from '../../topics/policy.ts'
import { handOver } from '../care/handing_over.ts'
import { countKept } from '../care/queries.ts'

const One = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })

/** Care for those who work here: a rude post is handed over by one tap, and what was kept from them is told as numbers. */
export async function careRoutes(app: App, { db }: Services): Promise<void> {
  const members = { config: { access: 'members' } as const }

  app.post<{ Params: { id: number } }>('/posts/:id/care', { ...members, schema: { params: One } }, async ({ actor, params }, reply) => {
    const post = await findPost(db, actor, params.id)
    await handOver(db, actor, post)
    return reply.flash('handedOver').see(topicPath(post.topic))
  })

  app.get('/me/care', members, async ({ actor, t }, reply) => {
    if (!worksHere(actor)) throw new Missing()
    const kept = await countKept(db, actor)
    const figures = (['handed', 'waiting', 'hidden', 'talked', 'spared'] as const).map(name => ({
      label: t(`care.figures.${name}`),
      value: kept[name],
    }))
    return reply
      .header('cache-control', 'no-store')
      .page('moderation/care', { title: t('care.title'), at: 'me', place: 'care', noIndex: true, figures })
  })
}
