import { sql } from 'drizzle-orm'
import type { Db } from '../../platform/db.ts'
import { record } from '../../platform/outbox.ts'
import { type Finding, findings } from '../schema.ts'
import { findRings } from './rings.ts'
import { countPosts, listBursts, listEdges, listSharedDevices } from './traffic_queries.ts'

type Found = Pick<Finding, 'kind' | 'memberIds' | 'evidence'>

/** What was dismissed is the same case as long as so much of its members is. */
const SAME_CASE = 0.75

/** Looks for traded votes, second accounts and bursts, and lays what is new before the operator. Resolves to how many that was. */
export async function lookForAbuse(db: Db): Promise<number> {
  const found = await findAll(db)
  const known = await db.select({ kind: findings.kind, memberIds: findings.memberIds, decidedAt: findings.decidedAt }).from(findings)
  let fresh = 0
  for (const each of found) {
    if (known.some(other => isSameCase(each, other))) continue
    known.push({ ...each, decidedAt: null })
    fresh += await layBefore(db, each)
  }
  return fresh
}

async function findAll(db: Db): Promise<Found[]> {
  const [edges, posts, bursts, shared] = [await listEdges(db), await countPosts(db), await listBursts(db), await listSharedDevices(db)]
  return [
    ...findRings(edges, posts).map(({ members, ...evidence }) => ({
      kind: members.length > 2 ? ('ring' as const) : ('pair' as const),
      memberIds: members,
      evidence,
    })),
    ...shared.map(({ first, second, ...evidence }) => ({ kind: 'second_account' as const, memberIds: [first, second], evidence })),
    ...bursts.map(({ from, to, ...evidence }) => ({ kind: 'burst' as const, memberIds: [from, to], evidence: { from, ...evidence } })),
  ]
}

function isSameCase(a: Pick<Finding, 'kind' | 'memberIds'>, b: Pick<Finding, 'kind' | 'memberIds'>): boolean {
  if (a.kind !== b.kind) return false
  const both = a.memberIds.filter(id => b.memberIds.includes(id)).length
  return both / (a.memberIds.length + b.memberIds.length - both) >= SAME_CASE
}

/** 1 when it was written down, 0 when another process was faster. */
async function layBefore(db: Db, { kind, memberIds, evidence }: Found): Promise<number> {
  const members = memberIds.toSorted((a, b) => a - b)
  return db.transaction(async tx => {
    const [row] = await tx
      .insert(findings)
      .values({ kind, memberIds: members, mark: `${kind}:${members.join()}`, evidence })
      .onConflictDoUpdate({ target: findings.mark, set: { seenAt: sql`now()` } })
      .returning({ id: findings.id, isNew: sql<boolean>`xmax = 0` })
    if (!row?.isNew) return 0
    await record(tx, 'finding.opened', { findingId: row.id })
    return 1
  })
}
