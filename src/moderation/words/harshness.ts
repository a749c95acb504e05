import language from './language.json' with { type: 'json' }
import type { FoundWord, ReadyWords } from './matching.ts'

export const HARSH_PARTS = ['words', 'you', 'order', 'laugh', 'shout', 'own'] as const
export type HarshPart = { name: (typeof HARSH_PARTS)[number]; points: number }
/** How harsh a text sounds, 0 to 100, and why: the points of its parts, which sum up to it unless it is at an end of the scale. */
export type Harshness = { score: number; parts: HarshPart[]; found: FoundWord[] }

/** From here on a writer is asked to look again. */
export const HARSH = 40

const POINTS: Record<number, number> = { 1: 20, 2: 40, 3: 60 }
/** A word that is an insult only when it is said of somebody, and here is not. */
const UNAIMED = 20
const MORE = 20
const MOST_OF_WORDS = 80
/** How they are said is read around so many words; who writes more of them is harsh anyway. */
const MOST_READ = 50
const REST = { you: 15, order: 15, laugh: 20, shout: 10, own: -25 } as const

/**
 * How harsh a text sounds, by the words of the lists and by how they are said: to "you", as an order, with laughter, shouted; what somebody
 * says of himself is milder. Without a word of the lists nothing else counts. Quotations, code and addresses are not the writer's.
 */
export function harshnessOf(text: string, words: ReadyWords, boardIds: readonly number[] = []): Harshness {
  const own = withoutQuoted(text)
  const found = words.find(own, boardIds)
  if (found.length === 0) return { score: 0, parts: [], found }
  const near = found
    .slice(0, MOST_READ)
    .map(({ start, end }) => sentenceAround(own, start, end))
    .join('\n')
  const parts: HarshPart[] = [{ name: 'words', points: pointsOf(found, own) }]
  for (const name of HARSH_PARTS) if (name !== 'words' && SIGNS[name].test(near)) parts.push({ name, points: REST[name] })
  const heard = parts.some(({ name }) => name === 'you') ? parts.filter(({ name }) => name !== 'own') : parts
  const sum = heard.reduce((points, part) => points + part.points, 0)
  return { score: Math.max(0, Math.min(100, sum)), parts: heard, found }
}

/** The hardest word counts whole, each other one that counts in full as much as a mild one. */
function pointsOf(found: FoundWord[], text: string): number {
  const full = found.filter(each => isAimed(each, text))
  if (full.length === 0) return UNAIMED
  const hardest = Math.max(...full.map(({ word }) => POINTS[word.weight] ?? 0))
  return Math.min(MOST_OF_WORDS, hardest + MORE * (new Set(full.map(({ word }) => word.id)).size - 1))
}

/** Whether a word is said of somebody: after a name for him, before a word that says what he is, or as all there is to say. */
function isAimed({ word, start, end }: FoundWord, text: string): boolean {
  const [before, after] = [text.slice(Math.max(0, start - 16), start), text.slice(end, end + 8)]
  if (!word.aimed) return BEFORE.test(before) || !OF_A_THING.test(after) || PERSON.test(after)
  return BEFORE.test(before) || AFTER.test(after)
}

const either = (words: readonly string[]) =>
  words
    .toSorted((a, b) => b.length - a.length)
    .map(escaped)
    .join('|')
const escaped = (word: string) => {
  const literal = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return /^[a-z]/.test(word) ? `\\b${literal}\\b` : literal
}
const { persons, pointers, said, second, orders, laughs, own, particles, endings, finals } = language
const BEFORE = new RegExp(`(?:${either(persons)}|${either(pointers)})(?:${either(particles)})?[\\s\\u3000\\u3001,]*$`, 'iu')
const STOP = '[ \\u3000]*(?:$|[\\n!?.,\\u3001\\u3002\\uff01\\uff1f\\u2026\\uff57]|w+\\b)'
const AFTER = new RegExp(`^(?:(?:${either(said)})|(?:${either(finals)})?${STOP})`, 'iu')
/** An insult that only describes a thing: a silly question, an idiot-proof switch. */
const OF_A_THING = /^[\u306e\u306a][^\s!?\u3001\u3002\uff01\uff1f]/u
const PERSON = new RegExp(either(persons), 'iu')
const SIGNS: Record<Exclude<HarshPart['name'], 'words'>, RegExp> = {
  you: new RegExp(either(second), 'iu'),
  order: new RegExp(`(?:${either(orders)})(?:${either(endings)})?(?:$|[\\s!?.\\u3001\\u3002\\uff01\\uff1f])`, 'mu'),
  laugh: new RegExp(`(?:${either(laughs)})[\\s!?.\\u3002\\uff01\\uff1f]*(?:$|\\n)|\\uff57{2}|w{3}`, 'iu'),
  shout: /[!\uff01]{2}|[!\uff01?\uff1f]{3}|[?\uff1f][!\uff01]|[!\uff01][?\uff1f]/u,
  own: new RegExp(either(own), 'iu'),
}

/** The same text with blanks where it quotes somebody, shows code or names an address: places stay where they are. */
const withoutQuoted = (text: string) => text.replace(/^[ \t]*>.*$|```[\s\S]*?(?:```|$)|`[^`\n]*`|https?:\/\/\S+/gmu, blank)
const blank = (quoted: string) => quoted.replace(/[^\n]/g, ' ')

function sentenceAround(text: string, start: number, end: number): string {
  const before = Math.max(...['\u3002', '\uff01', '\uff1f', '!', '?', '\n', '. '].map(mark => text.lastIndexOf(mark, start - 1)))
  const after = /[\u3002\n]|[\uff01\uff1f!?]+|\.\s/u.exec(text.slice(end))
  return text.slice(before + 1, after ? end + after.index + after[0].length : undefined)
}
