/** One thing that moved on open pages: what (`answer.posted`) happened to which subject (`topic:42`), and to which post of it. */
export type Move = { subject: string; name: string; post?: number }

/** Numbers are given before a transaction commits, so a later number may be heard first: what is asked «since» reaches back this far. */
const OVERLAP = 50
const KEPT = 2_000

/**
 * The latest moves in memory, so that pages which were away catch up by number without asking the database: ten thousand readers
 * come back at once after a restart.
 */
export function keepRecent() {
  let moves: (Move & { event: number })[] = []
  let first = Number.POSITIVE_INFINITY
  let last = 0

  return {
    /** The highest number heard of. */
    at: () => last,

    add(event: number, news: Move[]): void {
      first = Math.min(first, event)
      last = Math.max(last, event)
      for (const move of news) moves.push({ event, ...move })
      if (moves.length <= 2 * KEPT) return
      moves = moves.slice(-KEPT)
      first = moves[0]?.event ?? last
    },

    /** Something went unheard: whoever asks for what is older is told that nobody knows. */
    forget(): void {
      moves = []
      first = Number.POSITIVE_INFINITY
    },

    /** What moved on `subject` since the event `since`, perhaps with a little from before it; undefined when that is too long ago to know. */
    since(subject: string, since: number): (Move & { event: number })[] | undefined {
      if (since + 1 < first && since < last) return undefined
      return moves.filter(move => move.subject === subject && move.event > since - OVERLAP)
    },
  }
}
