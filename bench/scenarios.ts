import { randomUUID } from 'node:crypto'
import type { Load } from './load.ts'
import { type Scale, sessionToken } from './seed.ts'
import { openChance, queryText, sentences } from './text.ts'

/** A goal: what is measured, and where it may lie. */
export type Goal = { of: 'ratio' | 'cpu' | 'sql' | 'p95' | 'p99'; atLeast?: number; atMost?: number }

/** One thing people do, as load. */
export type Scenario = {
  name: string
  load: Omit<Load, 'url'>
  goals: Goal[]
  /** Consequences are waited for, and their CPU counts. */
  writes?: boolean
}

const CONNECTIONS = 32
/** More than are asked for in one run. */
const COLD_PAGES = 20_000
const BROWSER = { 'user-agent': 'Mozilla/5.0 (X11; Linux x64) Firefox/140.0', 'accept-language': 'ja' }
const READER = { ...BROWSER, 'accept-encoding': 'gzip, deflate, br, zstd' }
const HOT: Goal[] = [
  { of: 'ratio', atLeast: 0.6 },
  { of: 'p99', atMost: 100 },
]
const COLD: Goal[] = [
  { of: 'cpu', atMost: 1.5 },
  { of: 'p99', atMost: 100 },
]
const MEMBERS: Goal[] = [
  { of: 'cpu', atMost: 2 },
  { of: 'sql', atMost: 5 },
  { of: 'p99', atMost: 100 },
]

/** Everything that is measured, in this order. Cold means: each address is asked for once, so that none is in the page cache. */
export function scenarios(scale: Scale, posts: number): Scenario[] {
  const topics = Array.from({ length: scale.topics }, (_, index) => `/t/${index + 1}`)
  const some = topics.filter((_, index) => index % Math.ceil(scale.topics / 200) === 0)
  const unknown = Array.from({ length: COLD_PAGES }, (_, index) => `${topics[index % topics.length]}?cold=${index}`)
  const members = Array.from({ length: scale.sessions }, (_, index) => ({ ...READER, cookie: `sid=${sessionToken(index + 1)}` }))
  const plain = members.map(({ 'accept-encoding': _, ...headers }) => headers)
  const queries = Array.from({ length: 100 }, (_, index) => `/search?q=${encodeURIComponent(queryText(index))}`)
  const page = (paths: string[], headers: Record<string, string>[] = [READER]) => ({ connections: CONNECTIONS, paths, headers })
  return [
    { name: 'home', load: page(['/']), goals: HOT },
    { name: 'board', load: page(['/b/board-2']), goals: HOT },
    { name: 'topic', load: page([topics[41] ?? '/']), goals: HOT },
    { name: 'topic, uncompressed', load: page([topics[41] ?? '/'], [BROWSER]), goals: HOT },
    { name: 'topics, 200 in turn', load: page(some), goals: HOT },
    { name: 'topic, cold', load: page(unknown), goals: COLD },
    { name: 'topic, cold, uncompressed', load: page(unknown, [BROWSER]), goals: COLD },
    { name: 'topic, member', load: page(some, members), goals: MEMBERS },
    { name: 'topic, member, uncompressed', load: page(some, plain), goals: MEMBERS },
    // The goal is for one who searches, as search was measured before it was built.
    { name: 'search, 100 queries', load: { ...page(queries), connections: 1 }, goals: [{ of: 'p95', atMost: 60 }] },
    { name: 'search, 8 at once', load: { ...page(queries), connections: 8 }, goals: [] },
    { name: 'answer, and what follows', load: answering(some, members, posts), goals: [{ of: 'cpu', atMost: 4 }], writes: true },
  ]
}

/** Each answer is another text with another draft key, so that each is posted. */
function answering(topics: string[], members: Record<string, string>[], posts: number): Omit<Load, 'url'> {
  const chance = openChance(77)
  return {
    connections: 8,
    amount: posts,
    method: 'POST',
    paths: topics.map(path => `${path}/answers`),
    headers: members.map(headers => ({ ...headers, 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' })),
    bodies: Array.from({ length: posts }, () => new URLSearchParams({ body: sentences(chance, 400), draftKey: randomUUID() }).toString()),
  }
}
