import { setTimeout as pause } from 'node:timers/promises'
import { WebSocket } from 'ws'

/** What the bench asks of us: open lines, or say when each of them heard of a change after `since` (milliseconds since 1970). */
export type Order = { open: number; url: string; subject?: string } | { heardSince: number; within: number }
export type Answered = { lines: number } | { delays: number[] }

/** Of one address the forum takes five hundred lines; every 127.x.y.z is ours. */
const OF_ONE_ADDRESS = 400
const AT_ONCE = 50

const lines: { socket: WebSocket; heardAt: number; follows: boolean }[] = []

process.on('message', async (order: Order) => {
  const answer: Answered = 'open' in order ? await open(order) : await delays(order)
  process.send?.(answer)
})
process.send?.({ ready: true })

async function open({ open: count, url, subject }: Extract<Order, { open: number }>): Promise<Answered> {
  for (let begun = 0; begun < count; begun += AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - begun) }, () => openOne(url, subject)))
  return { lines: lines.filter(({ socket }) => socket.readyState === WebSocket.OPEN).length }
}

function openOne(url: string, subject?: string): Promise<void> {
  const house = Math.floor(lines.length / OF_ONE_ADDRESS)
  const localAddress = `127.0.${1 + Math.floor(house / 200)}.${1 + (house % 200)}`
  const socket = new WebSocket(`${url.replace('http', 'ws')}/live`, { origin: url, localAddress, perMessageDeflate: false })
  const line = { socket, heardAt: 0, follows: subject !== undefined }
  lines.push(line)
  socket.on('message', data => {
    if (data.toString().includes('"changed"')) line.heardAt = Date.now()
  })
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('open', () => {
      if (subject) socket.send(JSON.stringify({ follow: [subject] }))
      resolve()
    })
  })
}

/** How long after `heardSince` each line that follows heard; waits until all have, `within` milliseconds at most. */
async function delays({ heardSince, within }: Extract<Order, { heardSince: number }>): Promise<Answered> {
  const end = Date.now() + within
  const following = lines.filter(({ follows }) => follows)
  while (Date.now() < end && following.some(({ heardAt }) => heardAt < heardSince)) await pause(20)
  return { delays: following.flatMap(({ heardAt }) => (heardAt >= heardSince ? [heardAt - heardSince] : [])) }
}
