import talk from './calm_talk.json' with { type: 'json' }

/** One comment of a conversation: when (minutes), by whom, what; whether somebody flagged it. */
export type Comment = { at: number; speaker: number; text: string; isFlagged: boolean }
/** A conversation; `blowsUpAt` is the place of the comment with which it comes to blows, if it does. */
export type Conversation = { usual: number; night: boolean; outside: number; comments: Comment[]; blowsUpAt?: number }

/** The same numbers for the same seed (mulberry32). */
export function dice(seed: number) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    chance: (share: number) => next() < share,
    between: (least: number, most: number) => least + Math.floor(next() * (most - least + 1)),
    /** Times between independent events, with this mean. */
    wait: (mean: number) => -Math.log(1 - next()) * mean,
    pick: <Item>(items: readonly Item[]): Item => items[Math.floor(next() * items.length)] as Item,
  }
}
type Dice = ReturnType<typeof dice>

const usual = (d: Dice) => d.pick([1.5, 2, 3, 6])

/** People who help each other, or talk and disagree without hurting: in twos or in a crowd, slowly or all at once, now and then at night. */
export function calmTalk(d: Dice): Conversation {
  const [speakers, pace] = [d.pick([2, 2, 3, 5, 12]), d.pick([1, 3, 10, 45, 180])]
  const lively = d.pick([0, 0.1, 0.3])
  let at = 0
  const comments = Array.from({ length: d.between(3, 40) }, () => {
    at += d.wait(pace)
    const text = d.chance(lively) ? d.pick(talk.lively) : d.chance(0.01) ? d.pick(talk.tense) : d.pick(talk.calm)
    return { at, speaker: d.between(1, speakers), text, isFlagged: d.chance(0.004) }
  })
  return { usual: usual(d), night: d.chance(0.2), outside: d.chance(0.1) ? d.between(10, 200) : 0, comments }
}

/** It begins like any other talk, becomes tense, and comes to blows, mostly between two. */
export function flaringTalk(d: Dice): Conversation {
  const comments: Comment[] = []
  let at = 0
  const say = (count: number, pace: number, speakers: number, pools: [number, readonly string[]][], flags: number) => {
    for (let n = 0; n < count; n++) {
      at += d.wait(pace)
      const pool = pools.find(([share]) => d.chance(share))?.[1] ?? talk.calm
      comments.push({ at, speaker: d.between(1, speakers), text: d.pick(pool), isFlagged: d.chance(flags) })
    }
  }
  say(d.between(3, 10), d.pick([5, 20, 60]), d.between(3, 6), [[0.1, talk.lively]], 0)
  say(
    d.between(4, 9),
    d.pick([3, 6, 10]),
    d.pick([2, 2, 3]),
    [
      [0.12, talk.attack],
      [0.6, talk.tense],
    ],
    0.02,
  )
  const tense = d.between(3, 7)
  say(
    tense,
    d.pick([2, 4]),
    d.pick([2, 2, 3]),
    [
      [0.35, talk.attack],
      [0.7, talk.tense],
    ],
    0.06,
  )
  const blowsUpAt = comments.length
  say(
    d.between(6, 15),
    d.pick([1, 2]),
    d.pick([2, 3, 6]),
    [
      [0.75, talk.attack],
      [0.5, talk.tense],
    ],
    0.12,
  )
  return { usual: usual(d), night: d.chance(0.4), outside: d.chance(0.3) ? d.between(10, 200) : 0, comments, blowsUpAt }
}
