import { type Actor, isOperator, visibleTo } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { ensure, Invalid } from '../platform/errors.ts'
import type { SearchEngine, SynonymGroup } from '../platform/search/engine.ts'
import { type TopicLine, topicsByIds } from '../topics/queries.ts'
import { allSynonyms, asGroup } from './synonym_queries.ts'
import { groupFrom, type SynonymDraft } from './synonyms.ts'

const SHOWN = 10

/**
 * What a search finds without a group of words and with it, before anybody else notices; `engine` has to take synonyms with a query.
 * With `id`, the draft takes the place of that group. Throws Refused, Invalid at the fields.
 */
export async function trySynonyms(
  db: Db,
  engine: SearchEngine,
  actor: Actor,
  draft: SynonymDraft,
  asked: { try: string; id?: number },
): Promise<{ before: TopicLine[]; after: TopicLine[] }> {
  ensure(isOperator(actor), 'errors.refused')
  const group = asGroup(groupFrom(draft))
  if (!asked.try.trim()) throw new Invalid({ try: 'form.required' })
  const [now, others] = await Promise.all([allSynonyms(db), allSynonyms(db, asked.id)])
  const [before, after] = await Promise.all([now, [...others, group]].map(synonyms => find(db, engine, actor, asked.try, synonyms)))
  return { before: before ?? [], after: after ?? [] }
}

async function find(db: Db, engine: SearchEngine, actor: Actor, text: string, synonyms: readonly SynonymGroup[]): Promise<TopicLine[]> {
  const { hits } = await engine.search({ text, synonyms, visibility: visibleTo(actor), limit: SHOWN, distinct: true })
  const ids = hits.map(hit => Number(hit.group))
  const topics = await topicsByIds(db, actor, ids)
  return ids.flatMap(id => topics.get(id) ?? [])
}
