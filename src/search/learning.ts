import { inArray, sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { HIDDEN } from './remembering.ts'
import { earlierSearches, searchBoosts, searches } from './schema.ts'
import { startOf } from './suggest_queries.ts'
import { type Use, useOfTopics } from './use_queries.ts'

/** Of a hundred readers so many open the first, second … result, whatever it is; below that a few. */
const OPENED_BY_PLACE = [0.35, 0.17, 0.1, 0.07, 0.05]
const OPENED_FURTHER_DOWN = 0.03
/** Readers that a topic has to win over before use says much: two or three friends move nothing. */
const DOUBT = 20
/** A clear word counts twice an opened page. */
const WORD = 2
/** Boosts that differ by less are the same: their documents are not made anew. */
const SAME = 0.02

/**
 * What use says of a topic, from -1 to 1: how much more it was opened and called helpful than any topic in its places would be.
 * A word that it was not what somebody looked for counts against it.
 */
export function boostOf({ places, opened, found, missed }: Use): number {
  const expected = places.reduce((sum, people, place) => sum + people * (OPENED_BY_PLACE[place] ?? OPENED_FURTHER_DOWN), 0)
  const boost = (opened + WORD * (found - missed) - expected) / (expected + DOUBT)
  return Math.round(Math.max(-1, Math.min(1, boost)) * 1000) / 1000
}

/** Learns from ninety days of use which topics help; returns those whose documents have to be made anew. Safe to repeat. */
export async function learnBoosts(db: Db): Promise<number[]> {
  const learnt = new Map((await useOfTopics(db)).map(use => [use.topicId, boostOf(use)]))
  const before = new Map((await db.select().from(searchBoosts)).map(({ topicId, boost }) => [topicId, boost]))
  const changed = [...new Set([...learnt.keys(), ...before.keys()])].filter(
    id => Math.abs((learnt.get(id) ?? 0) - (before.get(id) ?? 0)) >= SAME,
  )
  const kept = changed.filter(id => (learnt.get(id) ?? 0) !== 0)
  await db.transaction(async tx => {
    for (let at = 0; at < changed.length; at += TOGETHER) {
      const part = changed.slice(at, at + TOGETHER)
      await tx.delete(searchBoosts).where(inArray(searchBoosts.topicId, part))
      const rows = part.filter(id => kept.includes(id)).map(topicId => ({ topicId, boost: learnt.get(topicId) ?? 0 }))
      if (rows.length > 0) await tx.insert(searchBoosts).values(rows)
    }
  })
  return changed
}

const TOGETHER = 500
/** So many different visitors have to look for the same on one day before it is shown to others: nobody's own words come out. */
export const SEVERAL = 3
const MOST = 20_000

/** Makes anew what others' searches are suggested: those of several people on one day that found something and name nobody. */
export async function learnEarlierSearches(db: Db): Promise<void> {
  const daily = db
    .select({ words: searches.words, reader: searches.reader, people: sql<number>`count(*)::int`.as('people') })
    .from(searches)
    .where(sql`${searches.results} > 0 and char_length(${searches.words}) between 2 and 60 and strpos(${searches.words}, ${HIDDEN}) = 0`)
    .groupBy(searches.words, searches.reader, searches.day)
    .as('daily')
  const rows = await db
    .select({ words: daily.words, reader: daily.reader, people: sql<number>`max(${daily.people})::int` })
    .from(daily)
    .groupBy(daily.words, daily.reader)
    .having(sql`max(${daily.people}) >= ${SEVERAL}`)
    .orderBy(sql`3 desc`)
    .limit(MOST)
  await db.transaction(async tx => {
    await tx.delete(earlierSearches)
    for (let at = 0; at < rows.length; at += TOGETHER)
      await tx.insert(earlierSearches).values(rows.slice(at, at + TOGETHER).map(row => ({ ...row, start: startOf(row.words) })))
  })
}
