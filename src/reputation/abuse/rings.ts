/** How many of one member's posts another has reacted to. */
export type Edge = { from: number; to: number; count: number }
/** How much a member has written. */
export type Posts = Map<number, number>

/** A group whose members vote for each other, with what says so. Shares are between 0 and 1. */
export type Ring = {
  members: number[]
  /** The share of their reactions that stays in the group. */
  inside: number
  /** The share of what the group gets that comes from itself. */
  receivedInside: number
  /** The share of pairs who react to each other. */
  mutual: number
  /** The share of each other's posts they react to. */
  coverage: number
  reactions: number
  pairs: Edge[]
}

/** From when on reactions look traded. Friends read each other too: so it takes all of these together. */
export const SIGNS = {
  /** Of the group's reactions, this share stays in it; and of each member's alone, this one. */
  inside: 0.8,
  insideEach: 0.65,
  /** Both have reacted to at least so many posts of the other. */
  eachWay: 3,
  /** Who reacted less has hardly voted for anybody. */
  given: 10,
  /** Of the possible pairs in the group, this share is mutual. */
  mutual: 0.45,
  /** Readers choose; who trades votes takes nearly everything. */
  coverage: 0.3,
  /** A larger group is a community. */
  members: 15,
}

type Graph = { out: Map<number, Map<number, number>>; given: Map<number, number>; received: Map<number, number> }

/**
 * Finds groups of two and more that trade votes: at least 80 % of their reactions stay in the group, mutually, and they take
 * nearly everything the others write. Grows with the number of edges.
 */
export function findRings(edges: Edge[], posts: Posts): Ring[] {
  const graph = graphOf(edges)
  const partners = mutualPartners(graph)
  const suspects = new Set([...partners.keys()].filter(member => isConcentrated(member, graph)))
  return componentsOf(suspects, partners)
    .flatMap(group => tighten(group, graph, partners))
    .map(group => describe(group, graph, posts))
    .filter(isRing)
}

function graphOf(edges: Edge[]): Graph {
  const graph: Graph = { out: new Map(), given: new Map(), received: new Map() }
  for (const { from, to, count } of edges) {
    const row = graph.out.get(from) ?? new Map<number, number>()
    row.set(to, (row.get(to) ?? 0) + count)
    graph.out.set(from, row)
    graph.given.set(from, (graph.given.get(from) ?? 0) + count)
    graph.received.set(to, (graph.received.get(to) ?? 0) + count)
  }
  return graph
}

const weight = ({ out }: Graph, from: number, to: number) => out.get(from)?.get(to) ?? 0

function mutualPartners(graph: Graph): Map<number, number[]> {
  const partners = new Map<number, number[]>()
  for (const [from, row] of graph.out) {
    const mutual = [...row].filter(([to, count]) => count >= SIGNS.eachWay && weight(graph, to, from) >= SIGNS.eachWay).map(([to]) => to)
    if (mutual.length > 0) partners.set(from, mutual)
  }
  return partners
}

/** Who gives nearly everything to a few could be in a ring; most helpers and readers are out at once. */
function isConcentrated(member: number, { out, given }: Graph): boolean {
  const all = given.get(member) ?? 0
  if (all < SIGNS.given) return false
  const most = [...(out.get(member)?.values() ?? [])].toSorted((a, b) => b - a).slice(0, SIGNS.members - 1)
  return most.reduce((sum, count) => sum + count, 0) >= SIGNS.insideEach * all
}

/** Members who reach each other over mutual partners. */
function componentsOf(members: Set<number>, partners: Map<number, number[]>): number[][] {
  const seen = new Set<number>()
  return [...members].flatMap(start => {
    if (seen.has(start)) return []
    const group = [start]
    seen.add(start)
    for (const member of group)
      for (const partner of partners.get(member) ?? [])
        if (members.has(partner) && !seen.has(partner)) {
          seen.add(partner)
          group.push(partner)
        }
    return group.length > 1 ? [group] : []
  })
}

/** Takes out who gives too much outside, until all who are left belong together; what falls apart is looked at part by part. */
function tighten(group: number[], graph: Graph, partners: Map<number, number[]>): number[][] {
  const members = new Set(group)
  const given = (member: number) => graph.given.get(member) ?? 0
  const inside = (member: number) => [...(graph.out.get(member) ?? [])].reduce((sum, [to, count]) => sum + (members.has(to) ? count : 0), 0)
  for (;;) {
    const shares = [...members].map(member => ({ member, share: inside(member) / given(member) }))
    const loosest = shares.reduce((least, each) => (each.share < least.share ? each : least), { member: 0, share: 1 })
    const all = [...members].reduce((sum, member) => sum + inside(member), 0) / [...members].reduce((sum, member) => sum + given(member), 0)
    if (members.size < 2 || (loosest.share >= SIGNS.insideEach && all >= SIGNS.inside)) break
    members.delete(loosest.member)
  }
  const parts = componentsOf(members, partners)
  return parts.length === 1 && parts[0]?.length === group.length ? parts : parts.flatMap(part => tighten(part, graph, partners))
}

function describe(group: number[], graph: Graph, posts: Posts): Ring {
  const members = group.toSorted((a, b) => a - b)
  const pairs = members.flatMap(from =>
    members.flatMap(to => {
      const count = weight(graph, from, to)
      return from !== to && count > 0 ? [{ from, to, count }] : []
    }),
  )
  const given = members.reduce((sum, member) => sum + (graph.given.get(member) ?? 0), 0)
  const reactions = pairs.reduce((sum, { count }) => sum + count, 0)
  const received = members.reduce((sum, member) => sum + (graph.received.get(member) ?? 0), 0)
  const written = pairs.reduce((sum, { to }) => sum + (posts.get(to) ?? 0), 0)
  const isMutual = ({ from, to, count }: Edge) => count >= SIGNS.eachWay && weight(graph, to, from) >= SIGNS.eachWay
  return {
    members,
    inside: reactions / Math.max(given, 1),
    receivedInside: reactions / Math.max(received, 1),
    mutual: pairs.filter(isMutual).length / (members.length * (members.length - 1)),
    coverage: Math.min(1, reactions / Math.max(written, 1)),
    reactions,
    pairs,
  }
}

const isRing = ({ members, inside, mutual, coverage }: Ring) =>
  members.length <= SIGNS.members && inside >= SIGNS.inside && mutual >= SIGNS.mutual && coverage >= SIGNS.coverage
