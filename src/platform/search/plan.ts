import { mainTerms } from './query.ts'
import { quoteTerm, titleTerm } from './vector.ts'

/** What ranking knows of the collection: its rows, their mean length in words, and in how many rows a term stands (absent: hardly any). */
export type Figures = { rows: number; meanWords: number; rowsOf: ReadonlyMap<string, number> }

/** A piece of the query, and what may stand in its place for less: the best of them counts. */
export type Concept = { own: string; others: readonly string[]; share: number }

/**
 * `candidates` finds the rows worth scoring (all that match when `complete`); each group scores its OR-ed terms with one weight;
 * what scores less than `floor` has next to nothing of the query.
 */
export type QueryPlan = {
  candidates: string
  complete: boolean
  groups: ScoredTerms[]
  /** Of each of these lists the best counts. */
  choices: ScoredTerms[][]
  floor: number
}
export type ScoredTerms = { query: string; weight: number }

/** Groups of a plan: the statement has a fixed number, so that it is prepared once. */
export const mostGroups = 8
export const mostChoices = 3
/** Of one choice, the words themselves and three others. */
export const mostOptions = 4

/** Chooses candidates of about `budget` rows, or all that match in a small collection, and how they are scored. Undefined without terms. */
export function planQuery(
  weights: ReadonlyMap<string, number>,
  figures: Figures,
  budget: number,
  concepts: readonly Concept[] = [],
): QueryPlan | undefined {
  const choices = concepts.map(concept => weighChoice(concept, figures)).filter(options => options[0]?.length)
  choices.sort((a, b) => sumOf(b[0] ?? []) - sumOf(a[0] ?? []))
  choices.length = Math.min(choices.length, mostChoices)
  const chosen = new Set(choices.flatMap(([own = []]) => own.map(({ term }) => term)))
  const terms = [...weights]
    .filter(([term]) => !chosen.has(term))
    .map(([term, weight]) => valued(term, weight * idfOf(term, figures), figures))
  terms.sort((a, b) => b.value - a.value)
  terms.length = Math.min(terms.length, mostTerms)
  const all = [...terms, ...choices.flat(2)]
  if (all.length === 0) return undefined
  const worth = sumOf(terms) + choices.reduce((sum, [own = []]) => sum + sumOf(own), 0)
  return {
    ...chooseCandidates(unique(all), figures.rows, figures.rows <= budget * 2 ? Number.POSITIVE_INFINITY : budget),
    groups: groupTerms(terms),
    choices: choices.map(options => options.map(scoredTogether)),
    floor: leastShare * scoreOfOnce * worth,
  }
}

/** The piece's own terms and those of up to three others, each list worth what the own are worth, the others' a little less. */
function weighChoice({ own, others, share }: Concept, figures: Figures): ValuedTerm[][] {
  const rowsOf = (text: string) => Math.min(...[...mainTerms(text).keys()].map(term => figures.rowsOf.get(term) ?? 1))
  const most = others.map(other => ({ other, rows: rowsOf(other) })).filter(({ rows }) => Number.isFinite(rows))
  const best = most.sort((a, b) => b.rows - a.rows).slice(0, mostOptions - 1)
  // A word that hardly anybody writes is worth no more than what it stands for.
  const rows = Math.max(rowsOf(own), best[0]?.rows ?? 0)
  const terms = mainTerms(own)
  const worth = [...terms].reduce(
    (sum, [term, weight]) => sum + weight * idf(Math.max(rows, figures.rowsOf.get(term) ?? 1), figures.rows),
    0,
  )
  const evenly = (text: string, value: number) => {
    const keys = [...mainTerms(text).keys()]
    return keys.map(term => valued(term, value / keys.length, figures))
  }
  return [evenly(own, worth), ...best.map(({ other }) => evenly(other, worth * share))]
}

function valued(term: string, value: number, figures: Figures): ValuedTerm {
  return { term, rows: figures.rowsOf.get(term) ?? 1, titles: figures.rowsOf.get(titleTerm(term)) ?? 1, value }
}

function unique(terms: readonly ValuedTerm[]): ValuedTerm[] {
  return [...new Map(terms.map(term => [term.term, term])).values()]
}

function sumOf(terms: readonly ValuedTerm[]): number {
  return terms.reduce((sum, term) => sum + term.value, 0)
}

type ValuedTerm = { term: string; rows: number; titles: number; value: number }

/** More of them cost time and find nothing better. */
const mostTerms = 16
const nearWeights = 1.2
const pairedAtMost = 0.2
/** Rare terms count for a little more than their logarithm. Chosen on the tuning halves (docs/decisions/010-search.md). */
const rarity = 1.15
/** A tenth of the query's worth: cuts five in six of what matches at all, and none of what is relevant. */
const leastShare = 0.1
/** What `ts_rank` gives a term that stands once in the body: its label's weight by pi^2/6. */
const scoreOfOnce = 0.486

function idfOf(term: string, figures: Figures): number {
  return idf(figures.rowsOf.get(term) ?? 1, figures.rows)
}

function idf(rows: number, all: number): number {
  return Math.log(1 + (Math.max(all, rows) - rows + 0.5) / (rows + 0.5)) ** rarity
}

/**
 * The rarest terms while they stay within the budget; then of the frequent ones, strongest first, the rows that have them in the
 * title; then pairs of them. Where all of that is too much, the rarest.
 */
function chooseCandidates(terms: ValuedTerm[], all: number, budget: number): Pick<QueryPlan, 'candidates' | 'complete'> {
  const rarest = [...terms].sort((a, b) => a.rows - b.rows)
  const chosen = new Set<ValuedTerm>()
  const candidates: string[] = []
  let left = budget
  const take = (rows: number, query: string) => {
    if (rows > left) return false
    left -= rows
    return candidates.push(query) > 0
  }
  for (const term of rarest) if (take(term.rows, quoteTerm(term.term))) chosen.add(term)
  if (chosen.size === terms.length) return { candidates: candidates.join('|'), complete: true }
  const frequent = terms.filter(term => !chosen.has(term))
  for (const term of frequent) take(term.titles, quoteTerm(titleTerm(term.term)))
  for (const [rows, query] of pairsOf(frequent, all)) take(rows, query)
  if (candidates.length === 0) candidates.push(quoteTerm(titleTerm(frequent[0]?.term ?? '')), quoteTerm(rarest[0]?.term ?? ''))
  return { candidates: candidates.join('|'), complete: false }
}

/** Terms of one text come together more often than chance has it: three times, by measurement. */
function pairsOf(terms: ValuedTerm[], all: number): [rows: number, query: string][] {
  const strong = terms.filter(term => term.rows < all * pairedAtMost)
  return strong.flatMap((second, index) =>
    strong.slice(0, index).map((first): [number, string] => {
      const expected = ((first.rows * second.rows) / all) * 3
      return [expected, `(${quoteTerm(first.term)}&${quoteTerm(second.term)})`]
    }),
  )
}

/** Terms that weigh about the same are scored in one go, which costs a third and changes nothing measurable. */
function groupTerms(terms: ValuedTerm[]): ScoredTerms[] {
  const groups: ValuedTerm[][] = []
  for (const term of terms) {
    const group = groups.at(-1)
    const first = group?.[0]
    if (group && first && (first.value <= term.value * nearWeights || groups.length === mostGroups)) group.push(term)
    else groups.push([term])
  }
  return groups.map(scoredTogether)
}

/** `ts_rank` divides by the number of terms in the query, so their mean value times their number is their sum. */
function scoredTogether(terms: readonly ValuedTerm[]): ScoredTerms {
  return { query: anyOf(terms), weight: sumOf(terms) }
}

function anyOf(terms: readonly ValuedTerm[]): string {
  return terms.map(({ term }) => quoteTerm(term)).join('|')
}
