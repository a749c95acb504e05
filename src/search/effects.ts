import { sendLetter } from '../accounts/letters.ts'
import type { EventOf } from '../events.ts'
import type { Services } from '../platform/services.ts'
import { findAlert } from './alerting.ts'
import { searchPath } from './asked.ts'
import {
  refreshAuthorDocuments,
  refreshBoardDocuments,
  refreshHelpfulDocuments,
  refreshPostDocuments,
  refreshProductDocuments,
  refreshTopicDocuments,
} from './documents.ts'
import { allSynonyms } from './synonym_queries.ts'

type OfTopic = EventOf<
  | 'topic.asked'
  | 'topic.changed'
  | 'topic.closed'
  | 'topic.products_named'
  | `guarantee.${'given' | 'pending' | 'rechecked' | 'resumed' | 'suspended' | 'expired' | 'revoked' | 'recalled'}`
  | 'topic.moved'
  | 'topic.merged'
  | 'topic.hidden'
  | 'topic.shown'
  | 'topic.reopened'
  | 'topic.withdrawn'
  | 'post.hidden'
  | 'post.shown'
  | 'best_answer.picked'
  | 'best_answer.unpicked'
  | 'post.edited'
  | 'post.withdrawn'
  | 'addendum.added'
>

/** What a topic's documents say has changed for all of them. */
export async function refreshTopic({ db, search }: Services, { data }: OfTopic): Promise<void> {
  await refreshTopicDocuments(db, search, data.topicId)
}

/** One topic became two: the documents of both. */
export async function refreshParted({ db, search }: Services, { data }: EventOf<'topic.split'>): Promise<void> {
  for (const id of [data.topicId, data.newId]) await refreshTopicDocuments(db, search, id)
}

/** A board's visibility or place has changed: its topics' documents say who may find them, and where. */
export const refreshBoard = ({ db, search }: Services, { data }: EventOf<'board.changed'>) =>
  refreshBoardDocuments(db, search, data.boardId)

/** A product has another name or one version more: the topics that name it are found by it. */
export const refreshProduct = ({ db, search }: Services, { data }: EventOf<'product.changed' | 'product.version_added'>) =>
  refreshProductDocuments(db, search, data.productId)

/** Posts were written. */
export async function refreshPosts({ db, search }: Services, events: EventOf<'answer.posted'>[]): Promise<void> {
  const postIds = events.map(({ data }) => data.postId)
  await refreshPostDocuments(db, search, postIds)
}

/** A post helped one reader more or less: results can be ordered by that, and its topic's opening stands for its best answer. */
export async function refreshHelpful({ db, search }: Services, { data }: EventOf<'reaction.given' | 'reaction.withdrawn'>): Promise<void> {
  if (data.kind === 'helpful') await refreshHelpfulDocuments(db, search, data.topicId, data.postId)
}

/** A reader said whether a post fixed it: the same. */
export async function refreshFixed({ db, search }: Services, { data }: EventOf<'fix.given' | 'fix.withdrawn'>): Promise<void> {
  await refreshHelpfulDocuments(db, search, data.topicId, data.postId)
}

/** Which words mean the same is for the engine to know. */
export async function tellSynonyms({ db, search }: Pick<Services, 'db' | 'search'>): Promise<void> {
  await search.setSynonyms?.(await allSynonyms(db))
}

/** A name or the mark beside it has changed: what somebody wrote can be found by them. */
export const refreshAuthor = (
  { db, search }: Services,
  { data }: EventOf<'account.changed' | 'certification.decided' | 'certification.ended' | 'account.closed'>,
) => refreshAuthorDocuments(db, search, data.accountId)

/** Tells those who run a company what is looked for and not found; each once. */
export async function mailAlert(services: Services, { data }: EventOf<'company.alerted'>): Promise<void> {
  for (const { alert, company, admin } of await findAlert(services.db, data.alertId)) {
    if (!admin.email) continue
    const values = { words: alert.words, company: admin.locale === 'en' ? company.nameEn : company.nameJa }
    const link = `${services.siteUrl}${searchPath({ q: alert.words })}`
    await sendLetter(services, `alert:${alert.id}:${admin.id}`, admin.email, { locale: admin.locale, key: 'companyAlert', values, link })
  }
}
