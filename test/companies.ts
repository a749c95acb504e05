import { randomBytes } from 'node:crypto'
import { findProduct, type Product } from '../src/companies/product_queries.ts'
import { addProduct, addVersion, type ProductDraft } from '../src/companies/products.ts'
import { type CompanyRow, companies } from '../src/companies/schema.ts'
import type { Db } from '../src/platform/db.ts'
import { makeCompanyAdmin, makeMember } from './people.ts'

/** A corporate number whose check digit is right. */
export function corporateNumber(base = String(randomBytes(6).readUIntBE(0, 6) % 1e12).padStart(12, '0')): string {
  const sum = [...base].reverse().reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 2), 0)
  return `${9 - (sum % 9)}${base}`
}

/** A company the operator has admitted; nobody works for it yet. */
export async function makeCompany(db: Db, values: Partial<typeof companies.$inferInsert> = {}): Promise<CompanyRow> {
  const slug = values.slug ?? `c-${randomBytes(5).toString('hex')}`
  const applicantId = values.applicantId ?? (await makeMember(db)).id
  const [company] = await db
    .insert(companies)
    .values({
      nameJa: `${slug}株式会社`,
      nameEn: `${slug} Inc.`,
      domain: `${slug}.example`,
      corporateNumber: corporateNumber(),
      recordKey: 'key',
      domainProvenAt: new Date(),
      domainProvenBy: 'mail',
      admittedAt: new Date(),
      ...values,
      slug,
      applicantId,
    })
    .returning()
  if (!company) throw new Error('a company was not inserted')
  return company
}

/** What an admin writes of a product. */
export function productDraft(draft: Partial<ProductDraft> = {}): ProductDraft {
  const slug = draft.slug ?? `p-${randomBytes(5).toString('hex')}`
  return {
    slug,
    nameJa: `製品${slug}`,
    nameEn: `Product ${slug}`,
    aliases: '',
    category: 'network',
    aboutJa: '',
    aboutEn: '',
    versionWordJa: '',
    versionWordEn: '',
    specsJa: '',
    specsEn: '',
    life: 'on_sale',
    ...draft,
  }
}

/** A product of a company with these versions, the oldest first. */
export async function makeProduct(
  db: Db,
  company: CompanyRow,
  draft: Partial<ProductDraft> = {},
  versions: string[] = [],
): Promise<Product> {
  const admin = await makeCompanyAdmin(db, company)
  const product = await addProduct(db, admin, company, productDraft(draft))
  for (const label of versions) await addVersion(db, admin, product, { label, releasedOn: '' })
  return findProduct(db, company.slug, product.slug)
}
