import { and, asc, eq, gt, inArray } from 'drizzle-orm'
import { accountPasskeys } from '../accounts/schema.ts'
import { companies, companyMembers } from '../companies/schema.ts'
import { fixes } from '../fixes/schema.ts'
import { appeals } from '../moderation/appeals/schema.ts'
import { sanctions } from '../moderation/sanctions/schema.ts'
import type { Db } from '../platform/db.ts'
import { certifications } from '../reputation/people/schema.ts'
import { reputationEntries } from '../reputation/schema.ts'
import { addenda, posts, revisions, topics } from '../topics/schema.ts'

/** Rows of a long list that are read at once. */
export const BATCH = 200

/** Posts with their topic's title and the earlier versions the member wrote. */
export async function postsOf(db: Db, accountId: number, after: number) {
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

export async function revisionsOf(db: Db, accountId: number, postIds: number[]) {
  const { postId, number, title, body, reason, createdAt } = revisions
  return db
    .select({ postId, number, title, body, reason, createdAt })
    .from(revisions)
    .where(and(inArray(postId, postIds), eq(revisions.editorId, accountId)))
    .orderBy(asc(number))
}

export async function addendaOf(db: Db, accountId: number, after: number) {
  return db
    .select({ id: addenda.id, postId: addenda.postId, body: addenda.body, createdAt: addenda.createdAt })
    .from(addenda)
    .innerJoin(posts, eq(posts.id, addenda.postId))
    .where(and(eq(posts.authorId, accountId), gt(addenda.id, after)))
    .orderBy(asc(addenda.id))
    .limit(BATCH)
}

/** His rows of the ledger. */
export async function pointsOf(db: Db, accountId: number, after: number) {
  const { id, points, rule, kind, postId, day, at } = reputationEntries
  return db
    .select({ id, points, rule, kind, postId, day, at })
    .from(reputationEntries)
    .where(and(eq(reputationEntries.accountId, accountId), gt(id, after)))
    .orderBy(asc(id))
    .limit(BATCH)
}

/** Certificates as they were presented; the number is there as long as the forum has it. */
export async function certificationsOf(db: Db, accountId: number) {
  const { scheme, grade, edition, number, issuedOn, expiresOn, state, reason, createdAt, decidedAt } = certifications
  return db
    .select({ scheme, grade, edition, number, issuedOn, expiresOn, state, reason, createdAt, decidedAt })
    .from(certifications)
    .where(eq(certifications.accountId, accountId))
    .orderBy(asc(certifications.id))
}

/** Passkeys by the names he gave them: their keys are his own. */
export async function passkeysOf(db: Db, accountId: number) {
  const { name, createdAt, usedAt } = accountPasskeys
  return db
    .select({ name, createdAt, usedAt })
    .from(accountPasskeys)
    .where(eq(accountPasskeys.accountId, accountId))
    .orderBy(asc(createdAt))
}

/** For which companies he works here or did, as what, and from when to when. */
export async function membershipsOf(db: Db, accountId: number) {
  const { role, since, leftAt } = companyMembers
  return db
    .select({ company: companies.nameJa, slug: companies.slug, role, since, leftAt })
    .from(companyMembers)
    .innerJoin(companies, eq(companies.id, companyMembers.companyId))
    .where(eq(companyMembers.accountId, accountId))
    .orderBy(asc(companyMembers.id))
}

/** Companies he applied for, with what was decided. */
export async function applicationsOf(db: Db, accountId: number) {
  const { nameJa, nameEn, slug, domain, corporateNumber, createdAt, domainProvenAt, admittedAt, declinedAt, declineReason } = companies
  return db
    .select({ nameJa, nameEn, slug, domain, corporateNumber, createdAt, domainProvenAt, admittedAt, declinedAt, declineReason })
    .from(companies)
    .where(eq(companies.applicantId, accountId))
    .orderBy(asc(companies.id))
}

/** What moderation decided about him, with its reasons; not who decided. */
export async function sanctionsOf(db: Db, accountId: number) {
  const { kind, boardId, rule, words, perDay, at, endsAt, liftedAt, liftedWhy } = sanctions
  return db
    .select({ kind, boardId, rule, words, perDay, at, endsAt, liftedAt, liftedWhy })
    .from(sanctions)
    .where(eq(sanctions.accountId, accountId))
    .orderBy(asc(sanctions.id))
}

/** What he objected to, and the answers. */
export async function appealsOf(db: Db, accountId: number) {
  const { subject, subjectId, words, openedAt, outcome, answer, decidedAt } = appeals
  return db
    .select({ subject, subjectId, words, openedAt, outcome, answer, decidedAt })
    .from(appeals)
    .where(eq(appeals.accountId, accountId))
    .orderBy(asc(appeals.id))
}

/** What he said of answers: whether they fixed it, and what he has. */
export async function fixesOf(db: Db, accountId: number, after: number) {
  const { id, postId, fixed, productId, versionId, at } = fixes
  return db
    .select({ id, postId, fixed, productId, versionId, at })
    .from(fixes)
    .where(and(eq(fixes.accountId, accountId), gt(id, after)))
    .orderBy(asc(id))
    .limit(BATCH)
}
