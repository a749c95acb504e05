import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'

/** A door before PostgreSQL that counts the statements passing through it, every one: BEGIN and COMMIT, the worker's, the listener's. */
export type Counter = { url: string; count(): number; close(): void }

/** Opens a counter before the PostgreSQL at `url`; it is used beside the timed runs, never in them. */
export async function openCounter(url: string): Promise<Counter> {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  let statements = 0
  const server = createServer(client => {
    const postgres = connect(Number(target.port), target.hostname)
    const read = openReader(type => {
      if (type === 'E' || type === 'Q') statements++
    })
    client.on('data', read)
    for (const [from, to] of [
      [client, postgres],
      [postgres, client],
    ] as const) {
      sockets.add(from)
      from.pipe(to)
      from.on('error', () => to.destroy()).on('close', () => to.destroy())
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const through = new URL(url)
  through.port = String((server.address() as AddressInfo).port)
  return {
    url: through.href,
    count: () => statements,
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Reads the types of a client's messages (PostgreSQL's protocol, version 3): after the first one, a letter and a length each. */
function openReader(found: (type: string) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0)
  let isFirst = true
  return chunk => {
    rest = Buffer.concat([rest, chunk])
    for (;;) {
      const letters = isFirst ? 0 : 1
      if (rest.length < letters + 4) return
      const length = letters + rest.readUInt32BE(letters)
      if (rest.length < length) return
      if (!isFirst) found(String.fromCharCode(rest[0] ?? 0))
      isFirst = false
      rest = rest.subarray(length)
    }
  }
}
