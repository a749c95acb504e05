import type { WebSocket } from 'ws'
import { keepRecent, type Move } from './recent.ts'
import { openRooms } from './rooms.ts'

export type { Move } from './recent.ts'

/** Says of a subject whether this reader may follow it. */
export type Right<Reader> = (reader: Reader) => boolean

export type LiveOptions<Reader> = {
  /** Who may follow a subject as things stand now; undefined when there is no such subject. */
  rightTo(subject: string): Promise<Right<Reader> | undefined>
  /** What a subject is called inside: «bell» is another one for everybody. */
  roomOf(reader: Reader, subject: string): string
  /** May say that he is writing there. */
  mayWrite(reader: Reader): boolean
  /** Tells the other processes that somebody writes. */
  tellWriting(subject: string, key: string): void
  limits?: Partial<typeof LIMITS>
}

const LIMITS = {
  sockets: 10_000,
  /** Of one address: a school or an office behind one line has many. */
  ofOneAddress: 500,
  followed: 12,
  /** Messages of one line in ten seconds. */
  messages: 40,
  /** Bytes that may wait for a slow reader before he is cut off. */
  waiting: 64 * 1024,
}
const TEN_SECONDS = 10_000
/** Under the sixty seconds after which proxies cut an idle line. */
const BEAT = 25_000
const SLICES = 100
/** Milliseconds within which each further reader of the same subject asks for the change: many do not come at once. */
const SPREAD = 3
const LONGEST_SPREAD = 20_000
/** A right that was found a moment ago is the same for all who come back at once. */
const RIGHT_LASTS = 1_000

/** What is said with a closing line: come back elsewhere; come back later; not like that; no longer who you were. */
export const CLOSE = { restart: 1012, full: 1013, flood: 1008, ended: 4001 } as const

type Line<Reader> = {
  socket: WebSocket
  reader: Reader
  address: string
  key: string
  number: number
  alive: boolean
  messages: number
  countedFrom: number
  wroteAt: number
}

type Asked = { follow?: unknown; leave?: unknown; since?: unknown; writing?: unknown }

export type Live<Reader = never> = ReturnType<typeof openLive<Reader>>

/**
 * The open pages of this process: who follows what, and what they are told. A line hears *what* changed, never what it says now:
 * the page asks for that with its own cookie.
 */
export function openLive<Reader>({ rightTo, roomOf, mayWrite, tellWriting, limits }: LiveOptions<Reader>) {
  const most = { ...LIMITS, ...limits }
  const rooms = openRooms<Line<Reader>>()
  const recent = keepRecent()
  const lines = new Set<Line<Reader>>()
  const ofAddress = new Map<string, number>()
  const rights = new Map<string, { from: number; right: Promise<Right<Reader> | undefined> }>()
  let numbers = 0
  let slice = 0
  const beating = setInterval(beat, BEAT / SLICES).unref()

  /** Takes a line into the house, or says why not. */
  function open(socket: WebSocket, reader: Reader, address: string): void {
    const neighbours = ofAddress.get(address) ?? 0
    if (lines.size >= most.sockets || neighbours >= most.ofOneAddress) {
      socket.close(CLOSE.full)
      return
    }
    numbers += 1
    const key = numbers.toString(36)
    const line = { socket, reader, address, key, number: numbers, alive: true, messages: 0, countedFrom: Date.now(), wroteAt: 0 }
    lines.add(line)
    ofAddress.set(address, neighbours + 1)
    socket.on('pong', () => {
      line.alive = true
    })
    socket.on('message', data => hear(line, data.toString()))
    socket.on('error', () => socket.terminate())
    socket.on('close', () => forget(line))
    send(line, JSON.stringify({ at: recent.at(), you: key }))
  }

  function forget(line: Line<Reader>): void {
    if (!lines.delete(line)) return
    rooms.leave(line)
    const left = (ofAddress.get(line.address) ?? 1) - 1
    if (left > 0) ofAddress.set(line.address, left)
    else ofAddress.delete(line.address)
  }

  function hear(line: Line<Reader>, text: string): void {
    const asked = floods(line) ? undefined : read(text)
    if (!asked) {
      line.socket.close(CLOSE.flood)
      return
    }
    for (const subject of subjects(asked.leave)) rooms.part(line, roomOf(line.reader, subject))
    for (const subject of subjects(asked.follow)) void follow(line, subject, asked.since)
    if (typeof asked.writing === 'string') writes(line, asked.writing)
  }

  function floods(line: Line<Reader>): boolean {
    const now = Date.now()
    if (now - line.countedFrom > TEN_SECONDS) Object.assign(line, { messages: 0, countedFrom: now })
    line.messages += 1
    return line.messages > most.messages
  }

  async function follow(line: Line<Reader>, subject: string, since: unknown): Promise<void> {
    const room = roomOf(line.reader, subject)
    const right = await rightOf(room).catch(() => undefined)
    if (!lines.has(line) || rooms.subjectsOf(line).size >= most.followed) return
    if (!right?.(line.reader)) return send(line, JSON.stringify({ subject, name: 'gone' }))
    rooms.join(line, room)
    const missed = typeof since === 'number' ? recent.since(room, since) : []
    const within = spreadOf(room)
    if (!missed) send(line, JSON.stringify({ subject, name: 'missed', within }))
    for (const { subject: _, ...move } of missed ?? []) send(line, JSON.stringify({ subject, ...move, within }))
  }

  function rightOf(room: string): Promise<Right<Reader> | undefined> {
    const known = rights.get(room)
    if (known && Date.now() - known.from < RIGHT_LASTS) return known.right
    if (rights.size > 1_000) rights.clear()
    const right = rightTo(room)
    rights.set(room, { from: Date.now(), right })
    return right
  }

  function writes(line: Line<Reader>, subject: string): void {
    const now = Date.now()
    if (!mayWrite(line.reader) || !rooms.subjectsOf(line).has(subject) || now - line.wroteAt < 3_000) return
    line.wroteAt = now
    tellWriting(subject, line.key)
  }

  const spreadOf = (room: string) => Math.min(rooms.linesOf(room).size * SPREAD, LONGEST_SPREAD)

  /** A public name for a room: `bell:7` is everybody's own «bell». */
  const nameOf = (room: string) => room.replace(/^(bell):\d+$/, '$1')

  function tell(room: string, message: Record<string, unknown>): void {
    const text = JSON.stringify({ subject: nameOf(room), ...message })
    for (const line of rooms.linesOf(room)) send(line, text)
  }

  function send({ socket }: Line<Reader>, text: string): void {
    if (socket.readyState !== socket.OPEN) return
    if (socket.bufferedAmount > most.waiting) socket.terminate()
    else socket.send(text)
  }

  /** One hundredth of the lines at a time, so that ten thousand beats are never one block. */
  function beat(): void {
    slice = (slice + 1) % SLICES
    const text = JSON.stringify({ at: recent.at() })
    for (const line of lines) {
      if (line.number % SLICES !== slice) continue
      if (!line.alive) {
        line.socket.terminate()
        continue
      }
      line.alive = false
      line.socket.ping()
      send(line, text)
    }
  }

  return {
    open,
    /** The number of the latest event this process heard of. */
    at: recent.at,
    figures: () => ({ lines: lines.size, subjects: rooms.subjects() }),

    /** Remembers what happened before this process listened, oldest first. */
    remember: (event: number, moves: Move[]) => recent.add(event, moves),

    /** Tells everybody who follows what an event moved. */
    moved(event: number, moves: Move[]): void {
      recent.add(event, moves)
      for (const { subject, ...move } of moves) tell(subject, { event, ...move, within: spreadOf(subject) })
    },

    /** Something went unheard: every page asks anew. */
    missed(): void {
      recent.forget()
      rights.clear()
      for (const line of lines)
        for (const room of rooms.subjectsOf(line))
          send(line, JSON.stringify({ subject: nameOf(room), name: 'missed', within: spreadOf(room) }))
    },

    /** What processes whisper to each other: `topic:42 k3` somebody writes there, `bell:7` his count is another one. */
    whispered(text: string): void {
      const [room = '', who] = text.split(' ')
      tell(room, who ? { name: 'writing', who } : { name: 'changed' })
    },

    /** Rights to a subject may have changed: whoever has none any more stops hearing of it at once. */
    async recheck(room: string): Promise<void> {
      rights.delete(room)
      if (rooms.linesOf(room).size === 0) return
      const right = await rightOf(room)
      for (const line of [...rooms.linesOf(room)]) if (!right?.(line.reader)) partWith(line, room)
    },

    /** Looks again at the people behind lines: `again` gives who each is now, undefined when he is nobody any more. */
    async recheckReaders(isMeant: (reader: Reader) => boolean, again: (readers: Reader[]) => Promise<(Reader | undefined)[]>) {
      const meant = [...lines].filter(line => isMeant(line.reader))
      if (meant.length === 0) return
      const readers = await again(meant.map(line => line.reader))
      for (const [at, line] of meant.entries()) {
        const reader = readers[at]
        if (!reader) {
          line.socket.close(CLOSE.ended)
          forget(line)
          continue
        }
        line.reader = reader
        for (const room of [...rooms.subjectsOf(line)]) if (!(await rightOf(room))?.(reader)) partWith(line, room)
      }
    },

    /** Sends everybody elsewhere: this process ends. */
    stop(): void {
      clearInterval(beating)
      for (const { socket } of lines) socket.close(CLOSE.restart)
    },
  }

  function partWith(line: Line<Reader>, room: string): void {
    rooms.part(line, room)
    send(line, JSON.stringify({ subject: nameOf(room), name: 'gone' }))
  }
}

function read(text: string): Asked | undefined {
  try {
    const asked: unknown = JSON.parse(text)
    return typeof asked === 'object' && asked !== null ? asked : undefined
  } catch {
    return undefined
  }
}

const SUBJECT = /^[a-z]{1,12}(?::\d{1,15})?$/
const subjects = (asked: unknown) =>
  (Array.isArray(asked) ? asked : []).filter((each): each is string => typeof each === 'string' && SUBJECT.test(each))
