import type { EventOf } from '../events.ts'
import type { Services } from '../platform/services.ts'
import { type Settling, settle } from './ledger.ts'
import { decideLevels } from './levels.ts'
import { postsOfTopic, postsOnceBest } from './queries.ts'

/** The giver's reaction to one post. */
export async function settleReaction(services: Services, { id, data }: EventOf<'reaction.given' | 'reaction.withdrawn'>): Promise<void> {
  await settleAndDecide(services, { posts: [data.postId], from: data.actorId, eventId: id })
}

/** Everything one post brings. */
export async function settlePost(services: Services, { id, data }: EventOf<'answer.posted' | 'post.withdrawn'>): Promise<void> {
  await settleAndDecide(services, { posts: [data.postId], eventId: id })
}

/** The answer that is the best now, and those that were. */
export async function settleBest(services: Services, { id, data }: EventOf<'best_answer.picked' | 'best_answer.unpicked'>): Promise<void> {
  await settleAndDecide(services, { posts: [data.postId, ...(await postsOnceBest(services.db, data.topicId))], eventId: id })
}

/** Everything a topic brings. */
export async function settleTopic(services: Services, { id, data }: EventOf<'topic.withdrawn'>): Promise<void> {
  await settleAndDecide(services, { posts: await postsOfTopic(services.db, data.topicId), eventId: id })
}

/** Whose points moved may have reached a level, or lost one. */
async function settleAndDecide({ db }: Services, settling: Settling): Promise<void> {
  await decideLevels(db, await settle(db, settling))
}
