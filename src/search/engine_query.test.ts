import { expect, test } from 'vitest'
import type { Board } from '../boards/queries.ts'
import { engineQueryOf } from './engine_query.ts'

const board = (id: number, slug: string, nameJa: string, nameEn: string) => ({ id, slug, nameJa, nameEn }) as Board
const boards = [
  board(1, 'network', 'ネットワーク', 'Network'),
  board(2, 'wifi', 'Wi-Fi・無線LAN', 'Wi-Fi'),
  board(3, 'pc', 'パソコン', 'Computers'),
]
const read = (q: string, more: object = {}) => engineQueryOf({ q, ...more }, boards)

test('filters in words narrow a search; boards go by name, part of a name, or address', () => {
  expect(read('つながらない board:ネットワーク solved:yes by:ゆうこさん')).toMatchObject({
    text: 'つながらない',
    filters: { board: ['1'], solved: ['true'], author: ['ゆうこ'] },
  })
  expect(read('遅い 広場:無線 広場:pc')?.filters).toEqual({ board: ['2', '3'] })
  expect(read('x タグ:ＨＤＤ')?.filters).toEqual({ tag: ['hdd'] })
  expect(read('x 製品:"ＡＸ 3200" 会社:サクラネット株式会社')?.filters).toEqual({ productKey: ['ax3200'], companyKey: ['サクラネット'] })
})

test('a board that is none of this reader’s is a word like others', () => {
  expect(read('手順 board:社外秘')).toMatchObject({ text: '手順 社外秘', filters: {} })
})

test('what is chosen beside the words counts more than the same in words', () => {
  expect(read('遅い board:pc solved:no', { board: 'network' })?.filters).toEqual({ board: ['1'], solved: ['false'] })
})

test('sequences and words to leave out are told apart, and sequences are marked', () => {
  expect(read('"接続できません" ルーター -中継機')).toMatchObject({
    text: 'ルーター',
    phrases: ['接続できません'],
    without: ['中継機'],
    marks: ['ルーター', '接続できません'],
  })
  expect(read('"接続できません"')).toMatchObject({ text: '接続できません', phrases: ['接続できません'] })
})

test('filters alone look for what they are called; nothing looks for nothing', () => {
  expect(read('by:ゆうこ')).toMatchObject({ text: 'ゆうこ', filters: { author: ['ゆうこ'] } })
  expect(read(' \u0000 ')).toBeUndefined()
})
