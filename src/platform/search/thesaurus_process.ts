// A process of its own: answers with what a general dictionary says means the same, and the terms of the other word. See thesaurus.ts.
import { createRequire } from 'node:module'
import { mainTerms } from './query.ts'
import { normalise } from './terms.ts'

type Group = { items: { midashi: string; expandControl: number }[] }

// Its module for `import` is missing from the package.
const load = createRequire(import.meta.url)
const { fetchDictionary }: { fetchDictionary: () => Promise<Group[]> } = load('sudachi-synonyms-dictionary')
const dictionary = await fetchDictionary()
const pairs = new Map<string, [word: string, other: string, terms: string[]]>()
for (const { items } of dictionary) {
  const words = new Set(items.filter(item => item.expandControl === 0).map(item => normalise(item.midashi)))
  const terms = new Map([...words].map(word => [word, [...mainTerms(word).keys()]]))
  for (const word of words) {
    for (const [other, its] of terms)
      if (other !== word && word.length > 1 && its.length > 0) pairs.set(`${word}\t${other}`, [word, other, its])
  }
}
process.send?.([...pairs.values()], () => process.exit(0))
