/** The parts of a topic's heat and how many points each is worth at most; together 100. */
export const HEAT_PARTS = { speed: 20, pair: 15, harsh: 30, flags: 20, against: 5, night: 5, outside: 5 } as const
export type HeatPartName = keyof typeof HEAT_PARTS
export type HeatPart = { name: HeatPartName; points: number }
export type Heat = { heat: number; parts: HeatPart[] }

/** From here on moderators are told and readers see it; the topic slows down; it has cooled again. */
export const WARM = 40
export const HOT = 60
export const COOL = 20

/** After so many minutes half of what happened is forgotten: talk within the hour, a flag over half a day. */
const HALF_LIFE = { posts: 60, night: 60, outside: 60, harsh: 360, against: 360, flags: 720 } as const
type Kind = keyof typeof HALF_LIFE
const KINDS = Object.keys(HALF_LIFE) as Kind[]

/**
 * What happened in a topic, each thing worth less the longer ago it was: sums as of `at` (milliseconds). `speakers` are those who posted, by
 * account, forgotten like posts. Sums only ever grow by what is added and fade with time, so the order of events does not matter.
 */
export type Sums = { at: number; speakers: Record<string, number> } & Record<Kind, number>

/** One thing that happened, at a moment, with what it adds. */
export type Happening = { at: number; speaker?: number } & Partial<Record<Kind, number>>

export const NOTHING_YET: Sums = { at: 0, posts: 0, night: 0, outside: 0, harsh: 0, against: 0, flags: 0, speakers: {} }

/** Who posted long ago or once among many is not worth remembering. */
const MOST_SPEAKERS = 30

/** The sums with one thing more, whenever it happened. */
export function addTo(sums: Sums, { at, speaker, ...added }: Happening): Sums {
  const to = at > sums.at ? fadeTo(sums, at) : sums
  const past = to.at - at
  const result = { ...to, speakers: { ...to.speakers } }
  for (const kind of KINDS) result[kind] += (added[kind] ?? 0) * left(past, HALF_LIFE[kind])
  if (speaker !== undefined) result.speakers[speaker] = (result.speakers[speaker] ?? 0) + left(past, HALF_LIFE.posts)
  return { ...result, speakers: loudest(result.speakers) }
}

/** The same sums at a later moment. */
export function fadeTo(sums: Sums, at: number): Sums {
  const past = sums.at === 0 ? 0 : Math.max(0, at - sums.at)
  const faded = { ...sums, at: Math.max(sums.at, at) }
  for (const kind of KINDS) faded[kind] *= left(past, HALF_LIFE[kind])
  faded.speakers = Object.fromEntries(Object.entries(sums.speakers).map(([who, posts]) => [who, posts * left(past, HALF_LIFE.posts)]))
  return faded
}

/** What is left of something after so many milliseconds. */
const left = (past: number, halfLife: number): number => 0.5 ** (past / 60_000 / halfLife)

const loudest = (speakers: Record<string, number>) =>
  Object.fromEntries(
    Object.entries(speakers)
      .sort(([, a], [, b]) => b - a)
      .slice(0, MOST_SPEAKERS),
  )

/**
 * How hot a topic is at a moment, 0 to 100, and why. `usual` is how many posts its board usually has in a topic at a time: talk that is three
 * times as quick and more counts in full. What two people say to each other counts in full only beside harsh words or flags, because most
 * who talk in turns are helping each other.
 */
export function heatOf(sums: Sums, at: number, usual: number): Heat {
  const now = fadeTo(sums, at)
  const enough = share(now.posts - 2, 4)
  const trouble = share(now.harsh + now.flags / 2, 1)
  const parts: Record<HeatPartName, number> = {
    speed: share(now.posts / Math.max(2, usual) - 1, 2) * enough,
    pair: pairOf(now) * enough * (0.3 + 0.7 * trouble),
    harsh: filling(now.harsh, 0.9),
    flags: filling(now.flags, 2),
    against: filling(now.against, 3),
    night: now.posts > 0 ? share(now.night / now.posts, 1) * enough : 0,
    outside: filling(now.outside, 60),
  }
  const named = (Object.keys(HEAT_PARTS) as HeatPartName[]).map(name => ({ name, points: parts[name] * HEAT_PARTS[name] }))
  return { heat: named.reduce((sum, { points }) => sum + points, 0), parts: named }
}

/** How much of the talk is between two, who both speak: 0 up to three fifths of it, 1 for all of it half and half. */
function pairOf({ speakers }: Sums): number {
  const [first = 0, second = 0, ...others] = Object.values(speakers).sort((a, b) => b - a)
  const all = first + second + others.reduce((sum, each) => sum + each, 0)
  if (all === 0) return 0
  return share((first + second) / all - 0.6, 0.4) * share(second / first, 0.5)
}

/** A part of `most`, never under 0 or over 1. */
const share = (value: number, most: number): number => Math.max(0, Math.min(1, value / most))
/** Fills up quickly at first and never quite: two thirds at `measure`. */
const filling = (value: number, measure: number): number => 1 - Math.exp(-Math.max(0, value) / measure)
