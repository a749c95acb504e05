import { expect, test } from 'vitest'
import { type DiffPart, wordDiff } from './text_diff.ts'

const before = (parts: DiffPart[]) =>
  parts
    .filter(part => part.kind !== 'added')
    .map(part => part.text)
    .join('')
const after = (parts: DiffPart[]) =>
  parts
    .filter(part => part.kind !== 'removed')
    .map(part => part.text)
    .join('')

test('a history shows which Japanese word was changed, not the whole sentence', () => {
  expect(wordDiff('ルーターの電源を入れ直しました。', 'ルーターの電池を入れ直しました。')).toEqual([
    { kind: 'same', text: 'ルーターの' },
    { kind: 'removed', text: '電源' },
    { kind: 'added', text: '電池' },
    { kind: 'same', text: 'を入れ直しました。' },
  ])
})

test('a history shows which English word was added', () => {
  expect(wordDiff('Restart the router.', 'Restart the white router.')).toEqual([
    { kind: 'same', text: 'Restart the ' },
    { kind: 'added', text: 'white ' },
    { kind: 'same', text: 'router.' },
  ])
})

test('a text that did not change is one part, and an empty one none', () => {
  expect(wordDiff('同じ\n文', '同じ\n文')).toEqual([{ kind: 'same', text: '同じ\n文' }])
  expect(wordDiff('', '')).toEqual([])
})

test('a first version is all added, a withdrawn one all removed', () => {
  expect(wordDiff('', '新しい')).toEqual([{ kind: 'added', text: '新しい' }])
  expect(wordDiff('古い', '')).toEqual([{ kind: 'removed', text: '古い' }])
})

test('texts too different for words are compared by lines, and the lines that stayed are kept', () => {
  const kept = 'この行は同じです。\n'
  const parts = wordDiff(`${'あ、い。'.repeat(1000)}\n${kept}`, `${'う！え？'.repeat(1000)}\n${kept}`)
  expect(parts.map(part => part.kind)).toEqual(['removed', 'added', 'same'])
  expect(parts.at(-1)?.text).toBe(kept)
})

test.each([
  ['words', 'a '.repeat(16_000), 'b '.repeat(16_000)],
  ['shifted words', 'ab '.repeat(10_000), 'ba '.repeat(10_000)],
  ['empty lines', '\n'.repeat(32_000), ' \n'.repeat(16_000)],
  ['Japanese without a stop', '電源入直'.repeat(2_600), '入電直源'.repeat(2_600)],
  ['repeating lines', '1\n2\n3\n4\n5\n'.repeat(3_200), '3\n1\n5\n'.repeat(5_300)],
])('two versions of 32 kB in nothing alike (%s) are compared in under a second, and nothing is lost', (_, old, young) => {
  const start = performance.now()
  const parts = wordDiff(old, young)
  expect(performance.now() - start).toBeLessThan(1_000)
  expect(before(parts)).toBe(old)
  expect(after(parts)).toBe(young)
})
