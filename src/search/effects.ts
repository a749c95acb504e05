import type { EventOf } from '../events.ts'
import type { Services } from '../platform/services.ts'
import { refreshPostDocument, refreshTopicDocuments } from './documents.ts'

type OfTopic = EventOf<
  'topic.asked' | 'topic.changed' | 'topic.closed' | 'topic.reopened' | 'topic.withdrawn' | 'best_answer.picked' | 'best_answer.unpicked'
>
type OfPost = EventOf<'answer.posted' | 'post.edited' | 'post.withdrawn' | 'addendum.added'>

/** What a topic's documents say has changed for all of them. */
export const refreshTopic = ({ db, search }: Services, { data }: OfTopic) => refreshTopicDocuments(db, search, data.topicId)

/** One post was written or taken back. An edited opening may have a new title, which every document of the topic carries. */
export async function refreshPost({ db, search }: Services, { name, data }: OfPost): Promise<void> {
  if (name === 'answer.posted') return refreshPostDocument(db, search, data.topicId, data.postId)
  if (name === 'post.withdrawn') await refreshPostDocument(db, search, data.topicId, data.postId)
  return refreshTopicDocuments(db, search, data.topicId)
}
