import { expect, test } from 'vitest'
import { effects } from './effects.ts'
import { NOTHING_FOLLOWS } from './events.ts'

test('an event has a job where something follows from it', () => {
  const followed = Object.entries(effects).flatMap(([name, list]) => (list.length > 0 ? [name] : []))
  expect(followed.filter(name => (NOTHING_FOLLOWS as ReadonlySet<string>).has(name))).toEqual([])
})
