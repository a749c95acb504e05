import { setImmediate as pause } from 'node:timers/promises'
import { weighQuery } from '../platform/search/query.ts'

type Terms = Map<string, number>
/** A question as it is compared: its terms with what each weighs. */
export type Compared = { id: number; terms: Terms }
/** Questions that are alike: the one that stands for them first, and the terms they share most. */
export type Group = { ids: number[]; terms: string[] }

/** From this cosine on a question belongs to a group; see docs/decisions/027-insights.md for what it was set by. */
const ALIKE = 0.25
const SHARED_TERMS = 6
const AT_ONCE = 50

/** The search engine's terms of a question's title, and with half their weight those of how it begins. */
export function termsOf(title: string, beginning: string): Terms {
  const terms = new Map(weighQuery(title).weights)
  for (const [term, weight] of weighQuery(beginning).weights) terms.set(term, Math.max(terms.get(term) ?? 0, weight / 2))
  return terms
}

/**
 * Groups questions by the terms they share, rare ones weighing more (idf, as in search). Each joins the group whose middle it is nearest to,
 * or opens one; then all choose once more among the middles that came of it, so that the order matters little. The same questions always
 * come out the same. Questions nobody shares are groups of one. A process that also serves pages gets its turn in between.
 */
export async function grouped(questions: Compared[]): Promise<Group[]> {
  const rarity = rarityOf(questions)
  const members = questions.map(({ id, terms }) => ({ id, vector: unit(terms, rarity) }))
  const middles = openMiddles()
  for (const [place, { vector }] of members.entries()) {
    if (place % AT_ONCE === 0) await pause()
    middles.add(middles.nearest(vector)?.group ?? middles.open(), vector)
  }
  const groups = new Map<number, { id: number; vector: Terms; likeness: number }[]>()
  for (const [place, { id, vector }] of members.entries()) {
    if (place % AT_ONCE === 0) await pause()
    const { group, likeness } = middles.nearest(vector) ?? { group: -id, likeness: 1 }
    groups.set(group, [...(groups.get(group) ?? []), { id, vector, likeness }])
  }
  return [...groups.values()].map(presented).sort((a, b) => b.ids.length - a.ids.length || (a.ids[0] ?? 0) - (b.ids[0] ?? 0))
}

/** ln(1 + (N − df + ½)/(df + ½)): what every question has, like the product's own name, says nothing. */
function rarityOf(questions: Compared[]): Terms {
  const counts = new Map<string, number>()
  for (const { terms } of questions) for (const term of terms.keys()) counts.set(term, (counts.get(term) ?? 0) + 1)
  return new Map([...counts].map(([term, df]) => [term, Math.log(1 + (questions.length - df + 0.5) / (df + 0.5))]))
}

function unit(terms: Terms, rarity: Terms): Terms {
  const weighed = [...terms].map(([term, weight]) => [term, weight * (rarity.get(term) ?? 0)] as const)
  const length = Math.hypot(...weighed.map(([, weight]) => weight)) || 1
  return new Map(weighed.map(([term, weight]) => [term, weight / length]))
}

/** The middles of groups, kept by term, so that a question is compared only with those it shares a term with. */
function openMiddles() {
  const byTerm = new Map<string, Map<number, number>>()
  const squares: number[] = []

  const products = (vector: Terms) => {
    const sums = new Map<number, number>()
    for (const [term, weight] of vector)
      for (const [group, inMiddle] of byTerm.get(term) ?? []) sums.set(group, (sums.get(group) ?? 0) + weight * inMiddle)
    return sums
  }
  return {
    open: () => squares.push(0) - 1,
    add(group: number, vector: Terms): void {
      squares[group] = (squares[group] ?? 0) + 2 * (products(vector).get(group) ?? 0) + 1
      for (const [term, weight] of vector) {
        const groups = byTerm.get(term) ?? new Map<number, number>()
        byTerm.set(term, groups.set(group, (groups.get(group) ?? 0) + weight))
      }
    },
    nearest(vector: Terms): { group: number; likeness: number } | undefined {
      let best: { group: number; likeness: number } | undefined
      for (const [group, product] of products(vector)) {
        const likeness = product / Math.sqrt(squares[group] ?? 1)
        if (likeness >= ALIKE && likeness > (best?.likeness ?? 0)) best = { group, likeness }
      }
      return best
    },
  }
}

/** The most typical first: whoever reads it reads what all of them are about. */
function presented(members: { id: number; vector: Terms; likeness: number }[]): Group {
  const sums = new Map<string, number>()
  for (const { vector } of members) for (const [term, weight] of vector) sums.set(term, (sums.get(term) ?? 0) + weight)
  const terms = [...sums].sort(([, a], [, b]) => b - a).map(([term]) => term)
  return {
    ids: members.toSorted((a, b) => b.likeness - a.likeness || b.id - a.id).map(({ id }) => id),
    terms: terms.filter(isWord).slice(0, SHARED_TERMS),
  }
}

/** Single kanji and parts of words in hiragana begin with a sign of their own. */
const isWord = (term: string) => !/^[*~]/.test(term)
