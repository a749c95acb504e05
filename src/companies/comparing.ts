import { inArray, sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import { onlyProblems } from '../accounts/names.ts'
import type { Db } from '../platform/db.ts'
import { ensure, Invalid } from '../platform/errors.ts'
import { type PostDraft, postAnswer } from '../topics/answers.ts'
import { postComment } from '../topics/comments.ts'
import type { Post } from '../topics/page_queries.ts'
import type { Topic } from '../topics/queries.ts'
import type { PostRow } from '../topics/schema.ts'
import { productReports, products } from './schema.ts'

/** What an owner says of his product where it is compared: since when he has it, what he uses it for, what is good and what is not. */
export type Report = { product: string; since: string; purpose: string; good: string; bad: string }
export const REPORT_LETTERS = { since: 60, purpose: 200, good: 1000, bad: 1000 } as const
const WORDS = ['since', 'purpose', 'good', 'bad'] as const

/**
 * Answers a topic; where products are compared, in the column of one of them (`report.product`, its id) with what its owner reports.
 * `wordsOf` makes a report the words of its post. Throws Invalid at `product`: a report needs one, and a company answers only in the column of a
 * product of its own.
 */
export async function answerAbout(
  db: Db,
  actor: Actor,
  topic: Topic,
  draft: PostDraft & { report?: Report },
  wordsOf: (report: Report) => string,
): Promise<PostRow> {
  if (topic.kind !== 'comparison' || !draft.report) return postAnswer(db, actor, topic, draft)
  const report = trimmed(draft.report)
  const productId = topic.productIds.find(id => String(id) === report.product)
  const says = WORDS.some(word => report[word])
  const problems = onlyProblems({ product: productId === undefined && (says || report.product) ? 'compare.errors.product' : undefined })
  if (Object.keys(problems).length > 0) throw new Invalid(problems)
  await ensureOwnColumn(db, topic, draft.company, productId)
  const body = [says ? wordsOf(report) : '', draft.body.trim()].filter(Boolean).join('\n\n')
  if (productId === undefined) return postAnswer(db, actor, topic, { ...draft, body })
  return db.transaction(async tx => {
    const post = await postAnswer(tx, actor, topic, { ...draft, body })
    const { product: _, ...words } = report
    await tx
      .insert(productReports)
      .values({ postId: post.id, topicId: topic.id, productId, revision: post.revision, ...words })
      .onConflictDoNothing()
    return post
  })
}

/** Comments below a post; where products are compared a company speaks below its own column or the question itself. */
export async function commentAbout(db: Db, actor: Actor, parent: Post, draft: PostDraft): Promise<PostRow> {
  if (parent.topic.kind === 'comparison' && draft.company && parent.kind === 'answer') {
    const [report] = await db
      .select({ productId: productReports.productId })
      .from(productReports)
      .where(sql`${productReports.postId} = ${parent.id}`)
    if (report || parent.companyId !== draft.company) await ensureOwnColumn(db, parent.topic, draft.company, report?.productId)
  }
  return postComment(db, actor, parent, draft)
}

/** Throws Refused where nothing of the company's is compared, Invalid at `product` in the column of somebody else. */
async function ensureOwnColumn(db: Db, topic: { productIds: number[] }, company: number | undefined, productId: number | undefined) {
  if (!company || topic.productIds.length === 0) return
  const compared = await db
    .select({ id: products.id, companyId: products.companyId })
    .from(products)
    .where(inArray(products.id, topic.productIds))
  const own = compared.filter(({ companyId }) => companyId === company)
  ensure(own.length > 0, 'compare.errors.notYours')
  if (!own.some(({ id }) => id === productId)) throw new Invalid({ product: 'compare.errors.ownColumn' })
}

const trimmed = (report: Report): Report => ({
  product: report.product,
  since: report.since.trim(),
  purpose: report.purpose.trim(),
  good: report.good.trim(),
  bad: report.bad.trim(),
})
