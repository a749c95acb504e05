import type { EventOf } from '../events.ts'

/** What is said besides events: somebody writes in a topic, somebody's bell has another count. Nobody misses it when it is lost. */
export const WHISPERS_CHANNEL = 'hiroba_whispers'

export type Ears = {
  heard(event: EventOf): void
  /** The connection was away, and something may have gone unheard. */
  missed(): void
  whispered(text: string): void
}
export type Hearing = { whisper(text: string): void; stop(): Promise<void> }

/** Said in place of an event when a worker does not know what it missed. */
export const MISSED = 'missed'
