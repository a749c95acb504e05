import { Readable } from 'node:stream'
import { and, asc, eq, gt, inArray } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import { findAccount } from '../accounts/queries.ts'
import { sessions } from '../accounts/schema.ts'
import { pictures } from '../media/schema.ts'
import type { Db } from '../platform/db.ts'
import { reactions } from '../reactions/schema.ts'
import { badgeGrants, certifications } from '../reputation/people/schema.ts'
import { reputationEntries } from '../reputation/schema.ts'
import { addenda, drafts, posts, revisions, topics } from '../topics/schema.ts'

const BATCH = 200

/**
 * Everything the forum keeps of a member, as one JSON text that streams however much he wrote. No hashes, no keys.
 * (Act on the Protection of Personal Information, Art. 33: disclosure to the person.)
 */
export function exportAccount(db: Db, actor: Actor): Readable {
  return Readable.from(write(db, actor), { objectMode: false })
}

async function* write(db: Db, actor: Actor): AsyncGenerator<string> {
  const { id, handle, email, name, role, about, boardIds, locale, typeSize, theme, confirmedAt, createdAt } = await findAccount(
    db,
    actor.id,
  )
  yield `{\n"exportedAt": ${JSON.stringify(new Date())},\n"profile": ${JSON.stringify({ id, handle, email, name, role, about, boardIds, locale, typeSize, theme, confirmedAt, createdAt })}`
  yield* list(
    'posts',
    after => postsOf(db, id, after),
    post => post.id,
  )
  yield* list(
    'addenda',
    after => addendaOf(db, id, after),
    addendum => addendum.id,
  )
  yield* once(
    'reactions',
    await db
      .select({ postId: reactions.postId, kind: reactions.kind, createdAt: reactions.createdAt })
      .from(reactions)
      .where(eq(reactions.accountId, id)),
  )
  yield* list(
    'points',
    after => pointsOf(db, id, after),
    entry => entry.id,
  )
  yield* once(
    'drafts',
    await db.select({ place: drafts.place, content: drafts.content, savedAt: drafts.savedAt }).from(drafts).where(eq(drafts.accountId, id)),
  )
  yield* once(
    'pictures',
    await db
      .select({ key: pictures.key, alt: pictures.alt, widths: pictures.widths, createdAt: pictures.createdAt })
      .from(pictures)
      .where(eq(pictures.accountId, id)),
  )
  yield* once(
    'sessions',
    await db
      .select({ device: sessions.device, address: sessions.address, createdAt: sessions.createdAt, seenAt: sessions.seenAt })
      .from(sessions)
      .where(eq(sessions.accountId, id)),
  )
  yield* once('certifications', await certificationsOf(db, id))
  yield* once(
    'badges',
    await db
      .select({ badge: badgeGrants.badge, grantedAt: badgeGrants.grantedAt, hiddenAt: badgeGrants.hiddenAt })
      .from(badgeGrants)
      .where(eq(badgeGrants.accountId, id)),
  )
  yield '\n}\n'
}

async function* once(name: string, rows: unknown[]): AsyncGenerator<string> {
  yield `,\n"${name}": ${JSON.stringify(rows)}`
}

/** Certificates as they were presented; the number is there as long as the forum has it. */
async function certificationsOf(db: Db, accountId: number) {
  const { scheme, grade, edition, number, issuedOn, expiresOn, state, reason, createdAt, decidedAt } = certifications
  return db
    .select({ scheme, grade, edition, number, issuedOn, expiresOn, state, reason, createdAt, decidedAt })
    .from(certifications)
    .where(eq(certifications.accountId, accountId))
    .orderBy(asc(certifications.id))
}

/** A list read in batches by id, so that nothing is held but the batch. */
async function* list<Row>(name: string, read: (after: number) => Promise<Row[]>, idOf: (row: Row) => number): AsyncGenerator<string> {
  yield `,\n"${name}": [`
  let isFirst = true
  for (let rows = await read(0); rows.length > 0; rows = rows.length < BATCH ? [] : await read(Math.max(...rows.map(idOf)))) {
    yield `${isFirst ? '\n' : ',\n'}${rows.map(row => JSON.stringify(row)).join(',\n')}`
    isFirst = false
  }
  yield ']'
}

/** Posts with their topic's title and the earlier versions the member wrote. */
async function postsOf(db: Db, accountId: number, after: number) {
  const rows = await db
    .select({
      id: posts.id,
      kind: posts.kind,
      topicId: posts.topicId,
      topic: topics.title,
      body: posts.body,
      createdAt: posts.createdAt,
      editedAt: posts.editedAt,
      withdrawnAt: posts.withdrawnAt,
    })
    .from(posts)
    .innerJoin(topics, eq(topics.id, posts.topicId))
    .where(and(eq(posts.authorId, accountId), gt(posts.id, after)))
    .orderBy(asc(posts.id))
    .limit(BATCH)
  const edited = rows.filter(({ editedAt }) => editedAt).map(({ id }) => id)
  const earlier = edited.length > 0 ? await revisionsOf(db, accountId, edited) : []
  return rows.map(row => ({
    ...row,
    revisions: earlier.filter(({ postId }) => postId === row.id).map(({ postId: _, ...revision }) => revision),
  }))
}

async function revisionsOf(db: Db, accountId: number, postIds: number[]) {
  const { postId, number, title, body, reason, createdAt } = revisions
  return db
    .select({ postId, number, title, body, reason, createdAt })
    .from(revisions)
    .where(and(inArray(postId, postIds), eq(revisions.editorId, accountId)))
    .orderBy(asc(number))
}

async function addendaOf(db: Db, accountId: number, after: number) {
  return db
    .select({ id: addenda.id, postId: addenda.postId, body: addenda.body, createdAt: addenda.createdAt })
    .from(addenda)
    .innerJoin(posts, eq(posts.id, addenda.postId))
    .where(and(eq(posts.authorId, accountId), gt(addenda.id, after)))
    .orderBy(asc(addenda.id))
    .limit(BATCH)
}

/** His rows of the ledger. */
async function pointsOf(db: Db, accountId: number, after: number) {
  const { id, points, rule, kind, postId, day, at } = reputationEntries
  return db
    .select({ id, points, rule, kind, postId, day, at })
    .from(reputationEntries)
    .where(and(eq(reputationEntries.accountId, accountId), gt(id, after)))
    .orderBy(asc(id))
    .limit(BATCH)
}
