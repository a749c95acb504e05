import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { tidyWhenQuiet } from './tidying.ts'

test('memory is given back once, when a busy spell is over and much has come together', async () => {
  let tidied = 0
  const tidying = tidyWhenQuiet(() => tidied++, 50)
  let garbage: Buffer | undefined = Buffer.alloc(80_000_000, 1)
  const busyUntil = Date.now() + 300
  while (Date.now() < busyUntil) {
    for (const end = Date.now() + 40; Date.now() < end; ) garbage.fill(2, 0, 1000)
    await pause(1)
  }
  expect(tidied).toBe(0)
  for (let waited = 0; tidied === 0 && waited < 100; waited++) await pause(50)
  expect(tidied).toBe(1)
  await pause(300)
  expect(tidied).toBe(1)
  garbage = undefined
  tidying.stop()
})
