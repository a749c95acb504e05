import { and, desc, eq, or, type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import { daySalt, today } from '../platform/day_salt.ts'
import type { Db } from '../platform/db.ts'
import { ensure, Invalid } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import { throttle } from '../platform/throttle.ts'
import type { Post } from '../topics/page_queries.ts'
import { posts } from '../topics/schema.ts'
import { canSayFixed, countsAsMember } from './policy.ts'
import { listChoices } from './queries.ts'
import { kept, type Reader } from './reader.ts'
import { NEWEST, newlyFailing, scored, tallied, type Voice } from './rules.ts'
import { type FixRow, fixes } from './schema.ts'

/** What he says. `having` is what he has of the topic's products: `p12` a product, `v34` one of its versions; '' for neither. */
export type Saying = { fixed: boolean; having?: string }

const GUESTS = { tries: 30, seconds: 3600 }
const MEMBERS = { tries: 120, seconds: 3600 }

/**
 * Says whether an answer fixed it. Saying it again changes what was said: one voice a person or device and answer. Throws Refused, TooMany,
 * Invalid at `having` for a product the topic does not name.
 */
export async function sayFixed(db: Db, actor: Actor, post: Post, reader: Reader, saying: Saying): Promise<void> {
  ensure(!post.hiddenAt && !post.withdrawnAt, 'fixes.errors.gone')
  ensure(canSayFixed(actor, post, post.topic), 'fixes.errors.notYours')
  const isMember = countsAsMember(actor)
  await throttle(db, `fixed:${isMember ? actor.id : reader.visitor}`, isMember ? MEMBERS : GUESTS)
  const choice = await chosen(db, post.topicId, saying.having)
  const who = await identify(db, actor, reader)
  await db.transaction(async tx => {
    const tallies = await lockTallies(tx, post)
    const earlier = await ownVoices(tx, post, who)
    const having = choice ?? { productId: earlier[0]?.productId ?? null, versionId: earlier[0]?.versionId ?? null }
    const voice = { fixed: saying.fixed, ...having }
    if (earlier.length === 1 && isSame(earlier[0], voice, who)) return
    if (earlier.length > 0) await tx.delete(fixes).where(sql`${fixes.id} = any(${sql.param(earlier.map(({ id }) => id))}::bigint[])`)
    await tx.insert(fixes).values({ postId: post.id, ...keyOf(who), ...voice })
    const changed = tallied(withoutAll(tallies, earlier), { ...voice, isMember }, 1)
    await settle(tx, actor, post, tallies, changed, 'fix.given', earlier)
  })
}

/** Takes back what was said of an answer. */
export async function withdrawFixed(db: Db, actor: Actor, post: Post, reader: Reader): Promise<void> {
  const who = await identify(db, actor, reader)
  await db.transaction(async tx => {
    const tallies = await lockTallies(tx, post)
    const earlier = await ownVoices(tx, post, who)
    if (earlier.length === 0) return
    await tx.delete(fixes).where(sql`${fixes.id} = any(${sql.param(earlier.map(({ id }) => id))}::bigint[])`)
    await settle(tx, actor, post, tallies, withoutAll(tallies, earlier), 'fix.withdrawn', earlier)
  })
}

type Who = { accountId: number | null; device: Buffer; visitor: Buffer }

async function identify(db: Db, actor: Actor, { device, visitor }: Reader): Promise<Who> {
  const accountId = countsAsMember(actor) ? actor.id : null
  const visitorHash = accountId ? Buffer.alloc(0) : kept(`${await daySalt(db)} ${visitor}`)
  return { accountId, device: kept(device), visitor: visitorHash }
}

const keyOf = ({ accountId, device, visitor }: Who) => (accountId ? { accountId } : { device, visitor })

/** What this reader said before: as this member, and what his browser or his day's hash said as a guest, which is the same person. */
async function ownVoices(tx: Db, post: { id: number }, who: Who): Promise<FixRow[]> {
  const asGuest = eq(fixes.device, who.device)
  const today = sql`${fixes.visitor} = ${who.visitor} and ${fixes.at} > now() - interval '1 day'`
  const own: SQL | undefined = who.accountId ? or(eq(fixes.accountId, who.accountId), asGuest) : or(asGuest, today)
  return tx
    .select()
    .from(fixes)
    .where(and(eq(fixes.postId, post.id), own))
    .orderBy(sql`${fixes.accountId} nulls last`, desc(fixes.id))
}

const isSame = (row: FixRow | undefined, voice: Omit<Voice, 'isMember'> & { productId: number | null }, who: Who) =>
  row !== undefined &&
  row.fixed === voice.fixed &&
  row.versionId === voice.versionId &&
  row.productId === voice.productId &&
  row.accountId === who.accountId

const withoutAll = (tallies: Tallies, rows: FixRow[]) =>
  rows.reduce((rest, { accountId, fixed, versionId }) => tallied(rest, { isMember: accountId !== null, fixed, versionId }, -1), tallies)

type Tallies = typeof posts.$inferSelect.fixes

/** Everybody who says something of an answer waits here for the one before him. Throws Refused when it went in between. */
async function lockTallies(tx: Db, post: { id: number }): Promise<Tallies> {
  const [row] = await tx
    .select({ fixes: posts.fixes, hiddenAt: posts.hiddenAt, withdrawnAt: posts.withdrawnAt })
    .from(posts)
    .where(eq(posts.id, post.id))
    .for('no key update')
  ensure(row !== undefined && !row.hiddenAt && !row.withdrawnAt, 'fixes.errors.gone')
  return row.fixes
}

/** Writes what is counted now beside the answer, and says what happened: somebody's word, and where the answer begins to fail. */
async function settle(
  tx: Db,
  actor: Actor,
  post: Post,
  before: Tallies,
  counted: Tallies,
  name: 'fix.given' | 'fix.withdrawn',
  earlier: FixRow[],
): Promise<void> {
  const newest = await tx
    .select({ fixed: fixes.fixed })
    .from(fixes)
    .where(eq(fixes.postId, post.id))
    .orderBy(desc(fixes.at), desc(fixes.id))
    .limit(NEWEST)
  const after = scored(
    counted,
    newest.map(({ fixed }) => fixed),
  )
  await tx
    .update(posts)
    .set({ fixes: after, fixScore: after.all?.score ?? 0 })
    .where(eq(posts.id, post.id))
  const ids = { topicId: post.topicId, boardId: post.topic.boardId, actorId: actor.id, postId: post.id }
  await record(tx, name, { ...ids, days: earlier.map(({ at }) => today(at)) })
  const failing = newlyFailing(before, after)
  if (failing.length > 0) await record(tx, 'answer.failing', { ...ids, versionIds: failing.filter(key => key !== 'all').map(Number) })
}

/** What the reader says he has, as the topic names it; undefined when he says nothing of it. */
async function chosen(
  db: Db,
  topicId: number,
  having?: string,
): Promise<{ productId: number | null; versionId: number | null } | undefined> {
  if (having === undefined) return undefined
  if (having === '') return { productId: null, versionId: null }
  for (const { id, versions } of await listChoices(db, topicId)) {
    if (having === `p${id}`) return { productId: id, versionId: null }
    const version = versions.find(each => having === `v${each.id}`)
    if (version) return { productId: id, versionId: version.id }
  }
  throw new Invalid({ having: 'fixes.errors.otherProduct' })
}
