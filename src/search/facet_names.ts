import { inArray } from 'drizzle-orm'
import { companies, products } from '../companies/schema.ts'
import type { Db } from '../platform/db.ts'
import type { Locale } from '../platform/i18n.ts'
import type { SearchResult } from '../platform/search/engine.ts'
import { type Asked, chosenOf } from './asked.ts'

/** What the products, versions and companies beside results are called in English; documents name them in Japanese. Nothing in Japanese. */
export async function facetNames(db: Db, locale: Locale, asked: Asked, counts: SearchResult['facets']): Promise<Map<string, string>> {
  const values = (['product', 'version', 'company'] as const).flatMap(name => [
    ...Object.keys(counts?.[name] ?? {}),
    ...chosenOf(asked, name),
  ])
  if (locale === 'ja' || values.length === 0) return new Map()
  const versions = Object.keys(counts?.version ?? {}).concat(chosenOf(asked, 'version'))
  const [sold, makers] = await Promise.all([
    db.select({ ja: products.nameJa, en: products.nameEn }).from(products).where(inArray(products.nameJa, values)),
    db.select({ ja: companies.nameJa, en: companies.nameEn }).from(companies).where(inArray(companies.nameJa, values)),
  ])
  const ofVersions = versions.flatMap(value => {
    const product = sold.find(({ ja }) => value.startsWith(`${ja} `))
    return product ? [[value, product.en + value.slice(product.ja.length)] as const] : []
  })
  return new Map([...[...sold, ...makers].map(({ ja, en }) => [ja, en] as const), ...ofVersions])
}
