import fc from 'fast-check'
import { expect, test } from 'vitest'
import { endOf, scriptAt } from './scripts.ts'
import { remembering } from './term.ts'
import { eachTerm, normalise } from './terms.ts'

/** What a run is, by Unicode's own classes. */
const runs = /([a-z0-9]+(?:[-'._][a-z0-9]+)*)|(\p{Script=Han}+)|([\u3041-\u3096][\u3041-\u3096\u30fc]*)|([\u30a1-\u30fa\u30fc]+)/gu
const names = ['latin', 'kanji', 'hiragana', 'katakana']

function walked(text: string) {
  const found: [string, string][] = []
  for (let at = 0; at < text.length; at = endOf(text, at, scriptAt(text, at)))
    if (scriptAt(text, at) !== 'other') found.push([scriptAt(text, at), text.slice(at, endOf(text, at, scriptAt(text, at)))])
  return found
}

const matched = (text: string) =>
  [...text.matchAll(runs)].map(([run, ...kinds]) => [names[kinds.findIndex(kind => kind !== undefined)], run])

const letters = [..."aZz09-'._ \n、。あんっーカヴヶー漢字々〇〆𠮷𩸽ゝヿ☺豈㍿é", '\u200b', 'wi-fi', 'AX-3200']
const texts = fc.array(fc.oneof(fc.constantFrom(...letters), fc.string({ unit: 'grapheme', maxLength: 3 })), { maxLength: 20 })

test('a run of one script is what Unicode says it is', () => {
  fc.assert(
    fc.property(texts, parts => {
      const text = normalise(parts.join(''))
      expect(walked(text)).toEqual(matched(text))
    }),
    { seed: 3, numRuns: 2_000 },
  )
})

test('each single letter of Unicode is in the script it belongs to', () => {
  const wrong: string[] = []
  for (let code = 0; code < 0x32000; code++) {
    const text = `a${String.fromCodePoint(code)}字`.toWellFormed()
    if (JSON.stringify(walked(text)) !== JSON.stringify(matched(text))) wrong.push(code.toString(16))
  }
  expect(wrong).toEqual([])
})

test('a text has the same terms whatever was read before it', () => {
  const termsOf = (text: string) => {
    const found: unknown[] = []
    eachTerm(normalise(text), (...term) => found.push(term))
    return found
  }
  const first = termsOf('ルーターの再起動と引っ越し、AX-3200のエラーコード5041')
  fc.assert(
    fc.property(texts, parts => {
      termsOf(parts.join(''))
    }),
    { seed: 3, numRuns: 200 },
  )
  expect(termsOf('ルーターの再起動と引っ越し、AX-3200のエラーコード5041')).toEqual(first)
})

test('what is remembered is forgotten before there is too much of it', () => {
  let asked = 0
  const say = remembering(text => `${text}${++asked}`)
  expect([say('a'), say('a')]).toEqual(['a1', 'a1'])
  for (let index = 0; index < 9_000; index++) say(`b${index}`)
  expect(say('a')).toBe('a9002')
})
