import { and, eq, sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import { companies } from '../companies/schema.ts'
import type { Db } from '../platform/db.ts'
import { Conflict, ensure } from '../platform/errors.ts'
import type { Post } from '../topics/page_queries.ts'
import { posts, topics } from '../topics/schema.ts'
import { makeCode } from './code.ts'
import { dayInJapan } from './days.ts'
import { digestOf } from './digest.ts'
import { keepColumns, move, ordered, remember, replaceScope, tell } from './moving.ts'
import { canAgree, canGuarantee } from './policy.ts'
import { type GuaranteeRow, guarantees } from './schema.ts'
import { next } from './states.ts'
import { readEnd, readTerms, type TermsDraft } from './terms.ts'

type Company = { id: number }

/**
 * Vouches for an answer as it stands: a company's own at once, a member's when he agrees, and where the company demands it when somebody
 * else of its team has looked too. `revision` is the one the agent read. Sending the same again returns the first. Throws Refused, Invalid at
 * the fields, Conflict when the answer was edited meanwhile or is vouched for already.
 */
export async function offerGuarantee(
  db: Db,
  actor: Actor,
  company: Company,
  answer: Post,
  draft: TermsDraft & { revision: number },
): Promise<GuaranteeRow> {
  ensure(canGuarantee(actor, answer, company.id), 'guarantees.errors.notHere')
  const [terms, validUntil] = [await readTerms(db, company.id, draft), readEnd(draft.validUntil)]
  return db.transaction(async tx => {
    await tx.select({ id: topics.id }).from(topics).where(eq(topics.id, answer.topicId)).for('update')
    const [post] = await tx.select().from(posts).where(eq(posts.id, answer.id)).for('update')
    ensure(post !== undefined && !post.withdrawnAt && !post.hiddenAt, 'guarantees.errors.notHere')
    if (post.revision !== draft.revision) throw new Conflict('guarantees.errors.edited')
    const [{ secondPair } = { secondPair: false }] = await tx
      .select({ secondPair: companies.demandsSecondPair })
      .from(companies)
      .where(eq(companies.id, company.id))
    const isOwn = post.companyId === company.id
    const state = next(undefined, 'offered', { isOwn, secondPair, wasInForce: false }) ?? 'asked'
    const { body, bodyHtml, revision } = post
    const values = {
      ...{
        companyId: company.id,
        topicId: answer.topicId,
        postId: answer.id,
        state,
        body,
        bodyHtml,
        revision,
        digest: digestOf(post),
        terms,
      },
      ...{ validFrom: dayInJapan(), validUntil, checkerId: actor.id, personInChargeId: actor.id },
      inForceSince: state === 'given' ? new Date() : null,
    }
    const row = await insertOnce(tx, values)
    if (!row) return sameAsStanding(tx, values)
    await replaceScope(tx, row)
    await remember(tx, row, { deed: 'offered', by: 'company', actorId: actor.id })
    await keepColumns(tx, row)
    await tell(tx, row, answer.topic.boardId, { deed: 'offered', actorId: actor.id })
    return row
  })
}

type NewGuarantee = Omit<typeof guarantees.$inferInsert, 'code'>

/** Undefined when something vouches for the answer already. A code that is taken is drawn anew. */
async function insertOnce(tx: Db, values: NewGuarantee): Promise<GuaranteeRow | undefined> {
  for (let drawn = 0; drawn < 5; drawn++) {
    const code = makeCode()
    const [row] = await tx
      .insert(guarantees)
      .values({ ...values, code })
      .onConflictDoNothing()
      .returning()
    if (row) return row
    if ((await tx.$count(guarantees, eq(guarantees.code, code))) === 0) return undefined
  }
  throw new Error('no code is free')
}

async function sameAsStanding(tx: Db, values: NewGuarantee): Promise<GuaranteeRow> {
  const [standing] = await tx
    .select()
    .from(guarantees)
    .where(
      and(
        eq(guarantees.postId, values.postId),
        eq(guarantees.companyId, values.companyId),
        sql`${guarantees.state} not in ('revoked', 'recalled', 'declined')`,
      ),
    )
  const isSame =
    standing &&
    standing.checkerId === values.checkerId &&
    standing.digest === values.digest &&
    standing.validUntil === values.validUntil &&
    JSON.stringify(ordered(standing.terms)) === JSON.stringify(ordered(values.terms))
  if (!isSame) throw new Conflict('guarantees.errors.standing')
  return standing
}

/** The answer's writer agrees that a company vouches for it. */
export function agreeToGuarantee(db: Db, actor: Actor, guarantee: GuaranteeRow): Promise<GuaranteeRow> {
  return answerOffer(db, actor, guarantee, 'accepted')
}

/** The answer's writer does not want a company's name on it. */
export function declineGuarantee(db: Db, actor: Actor, guarantee: GuaranteeRow): Promise<GuaranteeRow> {
  return answerOffer(db, actor, guarantee, 'declined')
}

async function answerOffer(db: Db, actor: Actor, guarantee: GuaranteeRow, deed: 'accepted' | 'declined'): Promise<GuaranteeRow> {
  return db.transaction(tx =>
    move(tx, guarantee.id, ({ row, post }) => {
      ensure(canAgree(actor, post.authorId), 'errors.refused')
      // What waits for a second pair of eyes is the company's to drop, not his.
      if (deed === 'declined' && row.state === 'pending') throw new Conflict('guarantees.errors.moved')
      return { deed, by: 'writer', actorId: actor.id }
    }),
  )
}
