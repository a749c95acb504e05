import type { Actor } from '../src/accounts/actor.ts'
import type { Product } from '../src/companies/product_queries.ts'
import type { CompanyRow } from '../src/companies/schema.ts'
import { dayInJapan, lastDay } from '../src/guarantees/days.ts'
import { offerGuarantee } from '../src/guarantees/offering.ts'
import { findGuarantee, type Guarantee } from '../src/guarantees/queries.ts'
import type { GuaranteeRow } from '../src/guarantees/schema.ts'
import type { TermsDraft } from '../src/guarantees/terms.ts'
import type { Db } from '../src/platform/db.ts'
import { postAnswer } from '../src/topics/answers.ts'
import { findPost, type Post } from '../src/topics/page_queries.ts'
import type { Topic } from '../src/topics/queries.ts'
import { anOperator, postNow } from './making.ts'

/** What an agent writes to vouch for an answer about a product. */
export const termsDraft = (product: Product, draft: Partial<TermsDraft> = {}): TermsDraft => ({
  scope: [{ productId: product.id, fromVersionId: null, toVersionId: null }],
  conditions: '',
  evidenceUrl: '',
  checkedBy: '技術サポート部 2名',
  validUntil: lastDay(dayInJapan(), 12),
  ...draft,
})

/** An answer written in a company's name. */
export async function makeOfficial(db: Db, agent: Actor, company: CompanyRow, topic: Topic, body = '公式の手順です。'): Promise<Post> {
  const { id } = await postAnswer(db, agent, topic, { body, draftKey: `official-${Math.random()}`, company: company.id })
  return findPost(db, anOperator, id)
}

/** Vouches for an answer as it stands now. */
export async function makeGuarantee(
  db: Db,
  agent: Actor,
  company: CompanyRow,
  answer: { id: number },
  product: Product,
  draft: Partial<TermsDraft> = {},
): Promise<GuaranteeRow> {
  const post = await postNow(db, answer)
  return offerGuarantee(db, agent, company, post, { ...termsDraft(product, draft), revision: post.revision })
}

export const guaranteeNow = (db: Db, { code }: { code: string }): Promise<Guarantee> => findGuarantee(db, code)
