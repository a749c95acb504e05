import { expect, test } from 'vitest'
import { type Edge, findRings } from './rings.ts'

const all = (members: number[], count: number): Edge[] =>
  members.flatMap(from => members.filter(to => to !== from).map(to => ({ from, to, count })))
const posts = (members: number[], count: number) => new Map(members.map(member => [member, count]))
const found = (edges: Edge[], written: Map<number, number>) => findRings(edges, written).map(({ members }) => members)

const ring = [1, 2, 3, 4]
const outside = (members: number[], count: number): Edge[] => members.map(from => ({ from, to: 900 + from, count }))

test('members who take nearly everything of each other and hardly anything else are a ring', () => {
  expect(found([...all(ring, 8), ...outside(ring, 4)], posts(ring, 10))).toEqual([ring])
})

test('two of them are a pair', () => {
  expect(found(all([1, 2], 12), posts([1, 2], 14))).toEqual([[1, 2]])
})

test('who gives more than a fifth outside is no ring', () => {
  expect(found([...all(ring, 8), ...outside(ring, 9)], posts(ring, 10))).toEqual([])
})

test('friends who read each other but choose are no ring', () => {
  expect(found(all(ring, 8), posts(ring, 40))).toEqual([])
})

test('votes that go one way are no ring', () => {
  const fans = [2, 3, 4].map(from => ({ from, to: 1, count: 20 }))
  expect(found(fans, posts(ring, 20))).toEqual([])
})

test('few votes say nothing', () => {
  expect(found(all(ring, 3), posts(ring, 3))).toEqual([])
})

test('a whole community that reads itself is no ring', () => {
  const community = Array.from({ length: 30 }, (_, n) => n + 1)
  expect(found(all(community, 8), posts(community, 10))).toEqual([])
})

test('rings that touch, and an outsider whom one of them likes, are told apart', () => {
  const other = [11, 12, 13]
  const bridge = [
    { from: 1, to: 50, count: 4 },
    { from: 50, to: 1, count: 4 },
    { from: 50, to: 60, count: 30 },
  ]
  const edges = [...all(ring, 8), ...all(other, 9), ...bridge]
  expect(found(edges, new Map([...posts(ring, 10), ...posts(other, 10), ...posts([50, 60], 40)]))).toEqual([ring, other])
})

test('the figures of a finding are what an operator would count', () => {
  const [finding] = findRings([...all([1, 2, 3], 6), ...outside([1], 2)], posts([1, 2, 3], 8))
  expect(finding).toMatchObject({ reactions: 36, mutual: 1, inside: 36 / 38, coverage: 36 / 48, receivedInside: 1 })
})
