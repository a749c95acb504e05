/**
 * What a member may not do for the time being, as moderation decided it: in some boards or (`boards` null) everywhere, so many posts a day
 * (0: none), until a moment (null: for good). `held` is a second account of somebody who may not write, until a moderator has looked.
 */
export type Bar = { boards: number[] | null; perDay: number; until: string | null; held?: true }
export type Standing = { bars: Bar[] }

/** The bars that hold just now: each ends by itself. */
export const barsNow = (standing: Standing | null, now = Date.now()): Bar[] =>
  (standing?.bars ?? []).filter(({ until }) => until === null || Date.parse(until) > now)

/** How many posts a day are left to him in this board; undefined where nothing limits him. */
export function postsADay(bars: Bar[], boardId: number): number | undefined {
  const holding = bars.filter(({ boards }) => boards === null || boards.includes(boardId))
  return holding.length > 0 ? Math.min(...holding.map(({ perDay }) => perDay)) : undefined
}
