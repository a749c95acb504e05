import { type Static, Type } from 'typebox'
import { nameIn } from '../../companies/present.ts'
import type { ScopeChoice } from '../../companies/product_queries.ts'
import type { Locale } from '../../platform/i18n.ts'
import type { FormAgain } from '../../platform/web_errors.ts'
import { dayInJapan, lastDay } from '../days.ts'
import { DEFAULT_MONTHS, MOST_MONTHS, type Scope, type TermsDraft } from '../terms.ts'

const text = (maxLength: number) => Type.String({ maxLength, default: '' })
export const Seen = Type.Integer({ minimum: 1, maximum: 1_000_000 })

/** What an agent fills in. Each product has its own fields: `product-12`, `from-12`, `to-12`. */
export const TermsForm = Type.Object(
  {
    revision: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    seen: Type.Optional(Seen),
    conditions: text(1000),
    validUntil: text(10),
    evidenceUrl: text(500),
    checkedBy: text(60),
  },
  { patternProperties: { '^(product|from|to)-\\d{1,15}$': { type: 'string', maxLength: 20 } } },
)
export type TermsBody = Static<typeof TermsForm> & Record<string, unknown>

/** The terms a form says; versions that are no numbers become one that nothing has. */
export function draftOf(body: TermsBody): TermsDraft {
  const version = (value: unknown) => (typeof value === 'string' && value.trim() ? (/^\d{1,15}$/.test(value) ? Number(value) : -1) : null)
  const scope = Object.keys(body).flatMap((name): Scope[] => {
    const id = /^product-(\d+)$/.exec(name)?.[1]
    if (!id || body[name] !== 'yes') return []
    return [{ productId: Number(id), fromVersionId: version(body[`from-${id}`]), toVersionId: version(body[`to-${id}`]) }]
  })
  const { conditions, validUntil, evidenceUrl, checkedBy } = body
  return { scope, conditions, validUntil, evidenceUrl, checkedBy }
}

/** The products an agent may tick, each with its versions, as the form shows them. */
export function presentScope(choices: ScopeChoice[], { values, errors }: Pick<FormAgain, 'values' | 'errors'>, locale: Locale) {
  return choices.map(choice => {
    const options = (field: string) =>
      choice.versions.map(({ id, label }) => ({ value: id, label, isChosen: String(values[`${field}-${choice.id}`] ?? '') === String(id) }))
    return {
      id: choice.id,
      name: nameIn(choice, locale),
      isChosen: values[`product-${choice.id}`] === 'yes',
      from: options('from'),
      to: options('to'),
      fromError: errors[`from-${choice.id}`],
      toError: errors[`to-${choice.id}`],
    }
  })
}

/** What the form says at first: the products the topic names, a year, and nothing else. */
export function firstValues(scope: Scope[]): Record<string, unknown> {
  const of = ({ productId, fromVersionId, toVersionId }: Scope) => [
    [`product-${productId}`, 'yes'],
    [`from-${productId}`, fromVersionId ?? ''],
    [`to-${productId}`, toVersionId ?? ''],
  ]
  return { ...Object.fromEntries(scope.flatMap(of)), validUntil: lastDay(dayInJapan(), DEFAULT_MONTHS) }
}

/** The first and last day a date field takes. */
export const dayBounds = () => ({ firstDay: dayInJapan(new Date(Date.now() + 86_400_000)), lastDay: lastDay(dayInJapan(), MOST_MONTHS) })
