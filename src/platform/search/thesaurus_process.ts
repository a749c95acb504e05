// A process of its own: answers with what a general dictionary says means the same, and the terms of the other word. See thesaurus.ts.
import { createRequire } from 'node:module'
import { mainTerms } from './query.ts'
import { normalise } from './terms.ts'

type Group = { items: { midashi: string; expandControl: number }[] }

// Its module for `import` is missing from the package.
const load = createRequire(import.meta.url)
const { fetchDictionary }: { fetchDictionary: () => Promise<Group[]> } = load('sudachi-synonyms-dictionary')
const dictionary = await fetchDictionary()
const entries = new Map<string, { words: Set<string>; terms: string[] }>()
for (const { items } of dictionary) {
  const words = new Set(items.filter(item => item.expandControl === 0).map(item => normalise(item.midashi)))
  for (const other of words) {
    const entry = entries.get(other) ?? { words: new Set(), terms: [...mainTerms(other).keys()] }
    for (const word of words) if (word !== other && word.length > 1) entry.words.add(word)
    entries.set(other, entry)
  }
}
const led = [...entries].filter(([, { words, terms }]) => words.size > 0 && terms.length > 0)
const answer = led.map(([other, { words, terms }]) => ({ other, words: [...words], terms }))
process.send?.(answer, () => process.exit(0))
