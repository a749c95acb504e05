import { createClient } from 'redis'
import { type Ears, type Hearing, MISSED } from './channels.ts'

type Channels = { events: string; whispers: string }

/** Numbers that are remembered so that an event which two workers handed on is heard once. */
const REMEMBERED = 1_000

/** Hears events over Redis. The client reconnects by itself; what was said meanwhile went unheard. */
export function hearOverRedis(url: string, channels: Channels, { heard, missed, whispered }: Ears): Hearing {
  const known = new Set<number>()
  const client = connect(url)
  const ears = client.duplicate()
  // Deaf, nobody knows what changed: whatever is kept is thrown away each second.
  let deaf: NodeJS.Timeout | undefined
  ears.on('error', () => {
    deaf ??= setInterval(missed, 1_000).unref()
  })
  ears.on('ready', () => {
    clearInterval(deaf)
    deaf = undefined
    missed()
  })
  // Neither keeps the forum from starting.
  const connected = Promise.all([client.connect(), ears.connect()]).then(
    () => listen(),
    () => {},
  )
  const listen = async () => {
    await ears.subscribe(channels.events, text => {
      if (text === MISSED) return missed()
      const event = JSON.parse(text)
      if (known.has(event.id)) return
      known.add(event.id)
      if (known.size > REMEMBERED) known.delete(known.values().next().value as number)
      heard(event)
    })
    await ears.subscribe(channels.whispers, whispered)
  }
  return {
    whisper: text => void client.publish(channels.whispers, text).catch(() => {}),
    async stop() {
      clearInterval(deaf)
      client.destroy()
      ears.destroy()
      await connected
    },
  }
}

/** A connection that only speaks. What cannot be said while the server is away is lost: `back` is called when it is there again. */
export function openTeller(url: string, back: () => void): { tell(channel: string, text: string): void; stop(): Promise<void> } {
  const client = connect(url)
  client.on('ready', back)
  const connected = client.connect().catch(() => {})
  return {
    tell: (channel, text) => void client.publish(channel, text).catch(() => {}),
    async stop() {
      client.destroy()
      await connected
    },
  }
}

function connect(url: string) {
  const client = createClient({ url, disableOfflineQueue: true, socket: { reconnectStrategy: tries => Math.min(100 * 2 ** tries, 5_000) } })
  client.on('error', () => {})
  return client
}
