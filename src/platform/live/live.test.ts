import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { type LiveOptions, openLive } from './live.ts'
import { keepRecent } from './recent.ts'

let server: WebSocketServer
let live: ReturnType<typeof openLive<string>>
const lines: WebSocket[] = []

beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
  await once(server, 'listening')
})
afterEach(() => {
  live.stop()
  for (const line of lines.splice(0)) line.terminate()
  server.removeAllListeners('connection')
})
afterAll(() => server.close())

/** The forum's side, with these limits; everybody may follow everything. */
function begin(limits: LiveOptions<string>['limits']): void {
  live = openLive<string>({
    rightTo: async () => () => true,
    roomOf: (_, subject) => subject,
    mayWrite: () => true,
    tellWriting: () => {},
    limits,
  })
  server.on('connection', (socket, request) => live.open(socket, 'somebody', request.headers.from ?? 'here'))
}

async function connect(from = 'here'): Promise<WebSocket> {
  const line = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, { headers: { from } })
  lines.push(line)
  await once(line, 'message')
  return line
}
const followers = (count: number) => expect.poll(() => live.figures()).toMatchObject({ subjects: count })

test('who does not read what he is told is cut off, and the others hear on', async () => {
  begin({ waiting: 16 * 1024 })
  const [slow, quick] = [await connect(), await connect()]
  for (const line of [slow, quick]) line.send(JSON.stringify({ follow: ['topic:1'] }))
  await followers(1)
  slow.pause()
  let heard = 0
  quick.on('message', data => {
    if (data.toString().includes('changed')) heard += 1
  })
  let told = 0
  for (; told < 400_000 && live.figures().lines === 2; told += 1) {
    live.moved(told, [{ subject: 'topic:1', name: 'changed' }])
    if (told % 200 === 0) await new Promise(resolve => setImmediate(resolve))
  }
  expect(live.figures().lines).toBe(1)
  await expect.poll(() => heard).toBe(told)
}, 30_000)

test('a house that is full says so, and so does one address that has enough', async () => {
  begin({ sockets: 3, ofOneAddress: 2 })
  await Promise.all([connect(), connect()])
  const closed = async (from: string) => {
    const line = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, { headers: { from } })
    return (await once(line, 'close'))[0]
  }
  expect(await closed('here')).toBe(1013)
  await connect('elsewhere')
  expect(await closed('yet another place')).toBe(1013)
  lines[0]?.close()
  await expect.poll(() => live.figures().lines).toBe(2)
  await connect()
})

test('what is asked since a number is never less than what came after it, in whatever order it was heard', () => {
  const orders = fc
    .uniqueArray(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 300 })
    .chain(numbers =>
      fc.tuple(fc.constant([...numbers].sort((a, b) => a - b)), fc.array(fc.nat(10), { minLength: 300, maxLength: 300 }), fc.nat(410)),
    )
  fc.assert(
    fc.property(orders, ([numbers, lateness, since]) => {
      // Numbers are given in order; a commit is late by some places.
      const heard = numbers.map((event, at) => ({ event, at: at + (lateness[at] ?? 0) })).sort((a, b) => a.at - b.at)
      const recent = keepRecent()
      for (const { event } of heard) recent.add(event, [{ subject: event % 2 ? 'odd' : 'even', name: 'changed' }])
      const found = recent.since('odd', since)
      const wanted = numbers.filter(number => number % 2 && number > since)
      if (found) expect(found.map(({ event }) => event)).toEqual(expect.arrayContaining(wanted))
      else expect(since + 1).toBeLessThan(Math.min(...numbers))
    }),
    { seed: 7, numRuns: 200 },
  )
})

test('after something went unheard, whoever was away is told that nobody knows', () => {
  const recent = keepRecent()
  recent.add(10, [{ subject: 'topic:1', name: 'changed' }])
  recent.forget()
  expect(recent.since('topic:1', 9)).toBeUndefined()
  recent.add(12, [{ subject: 'topic:1', name: 'changed' }])
  expect(recent.since('topic:1', 10)).toBeUndefined()
  expect(recent.since('topic:1', 11)).toHaveLength(1)
})
