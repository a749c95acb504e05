/** A made forum: who wrote what, who reacted to what and when (minutes ago), and which members trade votes. */
export type Forum = {
  members: number
  posts: { authors: number[]; at: number[] }
  reactions: { posts: number[]; from: number[]; thanks: boolean[]; at: number[] }
  rings: number[][]
}

const DAYS = 85
const BOARDS = 500
const CLUBS = 120
/** Clubs in which nobody but their regulars writes. */
const CLOSED_CLUBS = 80

/**
 * Honest members: a few boards each, few who write much and many who write little; they react to what is good in their boards, to who
 * answered them, to friends, and now and then anywhere. Some boards are clubs of a handful of regulars who react to little else; some
 * couples and circles of friends read mostly each other. Among them rings of 2 to 10: some give everything inside, some hide one reaction
 * in six outside, some skip partners; their posts are found good by others too, some of them often. Nothing of this is known to the search.
 */
export function makeForum(
  seed: number,
  { members, reactions: wanted, ringsOfEach }: { members: number; reactions: number; ringsOfEach: number },
): Forum {
  const chance = seeded(seed)
  const below = (n: number) => Math.floor(chance() * n)
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T
  const heavyTail = (least: number, shape: number) => least / (1 - chance()) ** (1 / shape)

  const posts: Forum['posts'] = { authors: [], at: [] }
  const reactions: Forum['reactions'] = { posts: [], from: [], thanks: [], at: [] }
  const given = new Set<number>()
  const boardPosts: number[][] = Array.from({ length: BOARDS }, () => [])
  const postsBy: number[][] = Array.from({ length: members + 1 }, () => [])
  const quality: number[] = []
  // Boards are read like cities are lived in: a few by very many, most by few.
  const boardShare = Array.from({ length: BOARDS }, (_, n) => (n < BOARDS - CLOSED_CLUBS ? 1 / (n + 2) : 0))
  const boardPicker = weighted(boardShare, chance)

  const interests = Array.from({ length: members + 1 }, () => Array.from({ length: 1 + below(4) }, () => boardPicker()))
  const clubs = makeClubs()
  const friends = makeFriends()
  for (let author = 1; author <= members; author++) {
    const count = Math.min(300, Math.floor(heavyTail(0.9, 1.25)))
    for (let n = 0; n < count; n++) write(author, pick(interests[author] ?? [0]), Math.exp(chance() * 2.2 - 0.6))
  }
  const rings = plantRings()
  const activity = weighted(
    Array.from({ length: members + 1 }, (_, n) => (n === 0 ? 0 : Math.min(400, heavyTail(clubs.has(n) ? 5 : 1, 1.4)))),
    chance,
  )
  const readers = boardPosts.map(list =>
    weighted(
      list.map(post => quality[post] ?? 1),
      chance,
    ),
  )
  // Regulars of a club are busy there, and choosy: each finds between a twentieth and more than half of it worth a reaction.
  for (const regular of clubs.values()) regular.room = Math.round(regular.choosy * (boardPosts[regular.board]?.length ?? 0))
  const ringMembers = new Set(rings.flat())
  while (reactions.from.length < wanted) {
    const from = activity()
    if (ringMembers.has(from) && chance() < 0.97) continue
    react(from, chooseFor(from))
  }
  return { members, posts, reactions, rings }

  function write(author: number, board: number, good: number): void {
    const post = posts.authors.length
    posts.authors.push(author)
    posts.at.push(below(DAYS * 1440) + 60)
    quality.push(good)
    boardPosts[board]?.push(post)
    postsBy[author]?.push(post)
  }

  function react(from: number, post: number | undefined): void {
    if (post === undefined || posts.authors[post] === from) return
    const key = post * (members + 1) + from
    if (given.has(key)) return
    given.add(key)
    reactions.posts.push(post)
    reactions.from.push(from)
    reactions.thanks.push(chance() < 0.3)
    reactions.at.push(Math.floor((posts.at[post] ?? 60) * chance() ** 2))
  }

  function chooseFor(from: number): number | undefined {
    const roll = chance()
    const close = friends.get(from)
    if (close && roll < close.share) return pick(postsBy[pick(close.to)] ?? [])
    const club = clubs.get(from)
    if (club !== undefined && roll < 0.9) {
      club.room -= 1
      return club.room < 0 ? undefined : boardPosts[club.board]?.[readers[club.board]?.() ?? 0]
    }
    const board = roll > 0.93 ? below(BOARDS) : pick(interests[from] ?? [0])
    return boardPosts[board]?.[readers[board]?.() ?? 0]
  }

  /** Boards of five to twenty regulars each, on their own: who is there writes and reads nearly only there. */
  function makeClubs(): Map<number, { board: number; choosy: number; room: number }> {
    const club = new Map<number, { board: number; choosy: number; room: number }>()
    for (let board = BOARDS - CLUBS; board < BOARDS; board++)
      for (let n = 5 + below(16); n > 0; n--) {
        const member = 1 + below(members)
        club.set(member, { board, choosy: 0.05 + chance() * 0.5, room: 0 })
        interests[member] = [board]
        for (let posts = 2 + below(25); posts > 0; posts--) write(member, board, Math.exp(chance() * 2))
      }
    return club
  }

  /** Circles of two to five who know each other: a third to four fifths of their reactions stay among them. */
  function makeFriends(): Map<number, { to: number[]; share: number }> {
    const close = new Map<number, { to: number[]; share: number }>()
    for (let n = 0; n < members / 60; n++) {
      const circle = Array.from({ length: 2 + below(4) }, () => 1 + below(members))
      const share = 0.3 + chance() * 0.5
      for (const member of circle) close.set(member, { to: circle.filter(other => other !== member), share })
      for (const member of circle)
        for (let posts = 1 + below(12); posts > 0; posts--) write(member, pick(interests[member] ?? [0]), Math.exp(chance() * 1.5))
    }
    return close
  }

  function plantRings(): number[][] {
    const planted: number[][] = []
    const taken = new Set([...clubs.keys(), ...friends.keys()])
    for (let size = 2; size <= 10; size++)
      for (let n = 0; n < ringsOfEach; n++) {
        const ring: number[] = []
        while (ring.length < size) {
          const member = 1 + below(members)
          if (!taken.has(member)) ring.push(member)
          taken.add(member)
        }
        planted.push(ring)
        plant(ring)
      }
    return planted
  }

  function plant(ring: number[]): void {
    const [eager, outside, loyal] = [0.35 + chance() * 0.6, chance() * 0.17, ring.length > 3 ? 0.75 + chance() * 0.25 : 1]
    const good = chance() < 0.2 ? 1.5 : 0.3
    for (const member of ring)
      for (let posts = 8 + below(30); posts > 0; posts--) write(member, pick(interests[member] ?? [0]), good * Math.exp(chance()))
    for (const from of ring) {
      let inside = 0
      for (const to of ring) {
        if (from === to || chance() > loyal) continue
        for (const post of postsBy[to] ?? [])
          if (chance() < eager) {
            react(from, post)
            inside += 1
          }
      }
      for (let n = Math.round((inside * outside) / (1 - outside)); n > 0; n--) react(from, below(posts.authors.length))
    }
  }
}

/** The same numbers for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Draws indexes by their weights. */
function weighted(weights: number[], chance: () => number): () => number {
  const sums = new Float64Array(weights.length)
  let sum = 0
  for (const [n, weight] of weights.entries()) {
    sum += weight
    sums[n] = sum
  }
  return () => {
    const wanted = chance() * sum
    let [low, high] = [0, sums.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sums[middle] ?? 0) > wanted) high = middle
      else low = middle + 1
    }
    return low
  }
}
