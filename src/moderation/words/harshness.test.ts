import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'csv-parse/sync'
import { expect, test } from 'vitest'
import { HARSH, harshnessOf } from './harshness.ts'
import { readyWords } from './matching.ts'
import { seedWords } from './seeding.ts'

const words = readyWords(seedWords.map((each, id) => ({ ...each, id })))
const partsOf = (text: string) => harshnessOf(text, words).parts.map(({ name }) => name)

test.each([
  'お前は本当に馬鹿だな',
  'こいつゴミじゃん',
  '話にならない。お前が調べてから書けよ！！',
  'うざいから消えろ',
  '死ね',
  'You are a moron.',
  'This guy is a clown',
  'Shut up, nobody asked you.',
])('%s is harsh', text => {
  expect(harshnessOf(text, words).score).toBeGreaterThanOrEqual(HARSH)
})

test.each([
  'ルーターを再起動すると直りました。',
  'ゴミの日に出してください。',
  'ばかな質問ですみません。私が無知でした。',
  'プリンターの廃インクの警告が消えません。',
  '冷蔵庫の音がうるさいです。最低でも5分は鳴ります。',
  'こちらの操作が原因でした。くだらない質問で申し訳ありません。',
  '> お前は馬鹿か\n\nそういう言い方はやめませんか。',
  '`shit` という名前のファイルを消してください',
  'Please restart the router and take out the trash folder.',
  'Sorry, I was an idiot and did not read the label.',
])('%s is not', text => {
  expect(harshnessOf(text, words).score).toBeLessThan(HARSH)
})

test('each part is named, and the parts sum up to the score', () => {
  const harsh = harshnessOf('お前のせいだ、馬鹿か！！', words)
  expect(harsh.parts.map(({ name }) => name)).toEqual(expect.arrayContaining(['words', 'you', 'shout']))
  expect(harsh.parts.reduce((sum, { points }) => sum + points, 0)).toBe(harsh.score)
  expect(partsOf('私は馬鹿です')).toContain('own')
  expect(partsOf('お前も私も馬鹿だ')).not.toContain('own')
  expect(partsOf('やった！！ありがとう！！')).toEqual([])
})

const JUDGED = fileURLToPath(new URL('../../../../shared/data/toxic/subset.csv', import.meta.url))

test.skipIf(!existsSync(JUDGED))(
  'of what most people call toxic at least three in five are found, and four in five found are toxic',
  () => {
    const rows: Record<string, string>[] = parse(readFileSync(JUDGED), { columns: true })
    const isHarsh = (row: Record<string, string>) => 2 * (Number(row.Toxic) + Number(row['Very Toxic'])) > Number(row.annotation_num)
    const found = rows.filter(row => harshnessOf(row.text ?? '', words).score >= HARSH)
    const hits = found.filter(isHarsh).length
    expect(hits / rows.filter(isHarsh).length).toBeGreaterThanOrEqual(0.6)
    expect(hits / found.length).toBeGreaterThanOrEqual(0.8)
  },
)
