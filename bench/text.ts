import words from './words.json' with { type: 'json' }

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
export type Chance = () => number

/** Opens a stream of chance; the same seed gives the same stream. */
export function openChance(seed: number): Chance {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Japanese-like sentences of at least `letters` letters, cut there. Words are as unevenly common as in real talk. */
export function sentences(chance: Chance, letters: number): string {
  let text = ''
  while (text.length < letters) text += filled(chance, words.clauses)
  return text.slice(0, letters)
}

/** A title of some twenty letters. */
export const title = (chance: Chance) => filled(chance, words.titles)

/** The query that has number `index` of a fixed hundred: common words, rare ones, two together, whole questions, a model's number. */
export function queryText(index: number): string {
  const chance = openChance(9_000 + index)
  const common = words.nouns[index % 12] ?? ''
  const rare = words.nouns[100 + ((index * 7) % (words.nouns.length - 100))] ?? ''
  return [common, rare, `${common} ${rare}`, title(chance), model(chance)][index % 5] ?? common
}

function filled(chance: Chance, patterns: string[]): string {
  const pattern = patterns[Math.floor(chance() * patterns.length)] ?? ''
  return pattern.replace(/\{\d\}/g, () => word(chance))
}

/** Zipf-like: the n-th word about 1/n as often as the first; one in twelve is a model's number, of which there are thousands. */
function word(chance: Chance): string {
  if (chance() < 0.08) return model(chance)
  return words.nouns[Math.floor(words.nouns.length ** chance()) - 1] ?? ''
}

function model(chance: Chance): string {
  const letters = String.fromCharCode(65 + Math.floor(chance() * 26), 65 + Math.floor(chance() * 26))
  return `${letters}-${Math.floor(chance() * 90 + 10)}${Math.floor(chance() * 10)}0`
}
