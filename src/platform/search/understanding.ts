import type { Db } from '../db.ts'
import type { SearchQuery, SearchResult } from './engine.ts'
import { findFigures, type KeptFigures } from './figures.ts'
import { findSpellings } from './lookups.ts'
import type { Concept } from './plan.ts'
import { mainTerms, type WeighedQuery, weighQuery } from './query.ts'
import type { SynonymsKeeper } from './synonym_table.ts'
import { readySynonyms, type Synonyms, synonymsIn } from './synonyms.ts'
import { meantIn, meantWords } from './thesaurus.ts'
import { titleTerm } from './vector.ts'

/** Synonyms count a little less than the word itself, other spellings as much less as they are less certain. */
const shares = { synonym: 0.9, reading: 0.8, mistake: 0.8 }

/** A query with all that is known of its words. */
export type ReadQuery = WeighedQuery & {
  concepts: Concept[]
  figures?: KeptFigures
  corrected: NonNullable<SearchResult['corrected']>
  also: string[]
}

/** Cuts a query into terms and finds what they mean here: synonyms, other spellings, and how frequent all of that is. */
export async function readQuery(db: Db, query: SearchQuery, synonyms: SynonymsKeeper & { now: () => Synonyms }): Promise<ReadQuery> {
  const weighed = weighQuery([query.text, ...(query.phrases ?? [])].join(' '))
  if (weighed.weights.size === 0) return { ...weighed, concepts: [], corrected: [], also: [] }
  // Those of the last search are nearly always those of now: their figures come along in one statement.
  const tried = query.synonyms && readySynonyms(query.synonyms)
  const likely = synonymsIn(weighed.normal, tried ?? synonyms.now())
  const termsOf = (others: readonly string[]) => others.flatMap(other => [...mainTerms(other).keys()])
  const own = [...weighed.weights.keys(), ...termsOf(likely.flatMap(each => [each.own, ...each.others]))]
  const [kept, spellings] = await Promise.all([
    figuresOf(db, own, meantWords(weighed.normal)),
    findSpellings(db, weighed.normal, weighed.words),
  ])
  const told = [
    ...synonymsIn(weighed.normal, tried ?? (await synonyms(kept.synonyms))).map(each => ({ ...each, share: shares.synonym })),
    ...inGroups(spellings.map(({ own, other, isMistake }) => ({ own, other, share: isMistake ? shares.mistake : shares.reading }))),
  ]
  const concepts = [
    ...told,
    ...meantIn(weighed.normal, kept.meant).filter(each => !told.some(({ own }) => own.includes(each.own) || each.own.includes(own))),
  ]
  const missing = termsOf(concepts.flatMap(each => [each.own, ...each.others])).filter(term => !own.includes(term))
  const more = missing.length > 0 ? await figuresOf(db, missing) : undefined
  return {
    ...weighed,
    concepts,
    figures: { ...kept, rowsOf: new Map([...kept.rowsOf, ...(more?.rowsOf ?? [])]) },
    corrected: spellings.filter(each => each.isMistake).map(({ own, other }) => ({ from: own, to: other })),
    also: [...new Set(concepts.flatMap(each => each.others))],
  }
}

const figuresOf = (db: Db, terms: readonly string[], words?: readonly string[]) =>
  findFigures(
    db,
    [...new Set(terms)].flatMap(term => [term, titleTerm(term)]),
    words,
  )

function inGroups(spellings: readonly { own: string; other: string; share: number }[]): Concept[] {
  const groups = Map.groupBy(spellings, ({ own }) => own)
  return [...groups].map(([own, all]) => ({ own, others: all.map(({ other }) => other), share: all[0]?.share ?? 1 }))
}
