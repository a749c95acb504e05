import { and, eq, inArray } from 'drizzle-orm'
import { products, productVersions } from '../companies/schema.ts'
import type { Db } from '../platform/db.ts'
import { type FieldErrors, Invalid } from '../platform/errors.ts'
import { dayInJapan, lastDay } from './days.ts'

/** One product of a guarantee's scope. */
export type Scope = { productId: number; fromVersionId: number | null; toVersionId: number | null }

/** What a company vouches for: the scope, the conditions, where it can be read, who checked it. */
export type Terms = { scope: Scope[]; conditions: string; evidenceUrl: string; checkedBy: string }

/** What an agent writes. `scope` are the products he ticked; days as forms send them. */
export type TermsDraft = Terms & { validUntil: string }

export const DEFAULT_MONTHS = 12
export const MOST_MONTHS = 36

/** The last day of validity a form names. Throws Invalid at `validUntil` for no day, one that is past, or one beyond 36 months. */
export function readEnd(typed: string, from = dayInJapan()): string {
  const day = typed.trim() || lastDay(from, DEFAULT_MONTHS)
  const date = new Date(`${day}T00:00:00Z`)
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(date.getTime()) || !date.toISOString().startsWith(day))
    throw new Invalid({ validUntil: 'form.wrong' })
  if (day <= from) throw new Invalid({ validUntil: 'guarantees.end.past' })
  if (day > lastDay(from, MOST_MONTHS)) throw new Invalid({ validUntil: { key: 'guarantees.end.tooFar', values: { months: MOST_MONTHS } } })
  return day
}

/**
 * The terms as they can be kept. Throws Invalid at the field: no product, one that is not the company's, versions of another product or
 * in the wrong order, an address that is none.
 */
export async function readTerms(db: Db, companyId: number, draft: Terms): Promise<Terms> {
  const conditions = draft.conditions.normalize('NFC').trim()
  const checkedBy = draft.checkedBy.normalize('NFC').replace(/\s+/gu, ' ').trim()
  const evidenceUrl = draft.evidenceUrl.trim()
  const problems: FieldErrors = {
    ...(!checkedBy && { checkedBy: 'form.required' }),
    ...(evidenceUrl && !isWebAddress(evidenceUrl) && { evidenceUrl: 'guarantees.evidence.noAddress' }),
    ...(draft.scope.length === 0 ? { products: 'guarantees.scope.none' } : await scopeProblems(db, companyId, draft.scope)),
  }
  if (Object.keys(problems).length > 0) throw new Invalid(problems)
  return { scope: draft.scope, conditions, evidenceUrl, checkedBy }
}

const isWebAddress = (text: string) => URL.canParse(text) && ['https:', 'http:'].includes(new URL(text).protocol) && text.length <= 500

async function scopeProblems(db: Db, companyId: number, scope: Scope[]): Promise<FieldErrors> {
  const ids = scope.map(({ productId }) => productId)
  const own = await db
    .select({ id: products.id })
    .from(products)
    .where(and(inArray(products.id, ids), eq(products.companyId, companyId)))
  if (own.length < new Set(ids).size) return { products: 'guarantees.scope.foreign' }
  const versions = await db.select().from(productVersions).where(inArray(productVersions.productId, ids))
  const positionOf = (productId: number, id: number | null) =>
    id === null ? null : versions.find(version => version.id === id && version.productId === productId)?.position
  return Object.fromEntries(
    scope.flatMap(({ productId, fromVersionId, toVersionId }): [string, string][] => {
      const [from, to] = [positionOf(productId, fromVersionId), positionOf(productId, toVersionId)]
      if (from === undefined || to === undefined) return [[`from-${productId}`, 'guarantees.scope.foreignVersion']]
      return from !== null && to !== null && from > to ? [[`to-${productId}`, 'guarantees.scope.reversed']] : []
    }),
  )
}
