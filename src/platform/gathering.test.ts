import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { gatherMeanwhile } from './gathering.ts'

test('what comes meanwhile is worked on together, what comes alone at once, and each kind by itself', async () => {
  const worked: string[] = []
  const add = gatherMeanwhile<string>(
    word => word.slice(0, 1),
    async words => {
      worked.push(words.join(' '))
      await pause(5)
    },
  )
  await Promise.all(['a1', 'a2', 'b1', 'a3', 'b2'].map(add))
  expect(worked).toEqual(['a1', 'b1', 'a2 a3', 'b2'])
  await add('a4')
  expect(worked.at(-1)).toBe('a4')
})

test('who was in a group that failed hears of it, and those who come later are not held up', async () => {
  const add = gatherMeanwhile<number>(
    () => 'all',
    async numbers => {
      await pause(5)
      if (numbers.includes(2)) throw new Error('two')
    },
  )
  const outcomes = await Promise.allSettled([1, 2, 3].map(add))
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
  await add(4)
})
