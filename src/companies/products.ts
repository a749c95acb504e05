import { and, eq, max, sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import { onlyProblems } from '../accounts/names.ts'
import { pictures } from '../media/schema.ts'
import type { Db } from '../platform/db.ts'
import { ensure, Invalid } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import { slugProblem } from './applying.ts'
import { canRun } from './policy.ts'
import { nameKey, readNames } from './product_names.ts'
import { type ProductRow, products, productVersions, type Spec, type VersionRow } from './schema.ts'

/** What a company writes of a product. `aliases`, `specsJa` and `specsEn` as people type them, one a line. */
export type ProductDraft = {
  slug: string
  nameJa: string
  nameEn: string
  aliases: string
  category: ProductRow['category']
  aboutJa: string
  aboutEn: string
  versionWordJa: string
  versionWordEn: string
  specsJa: string
  specsEn: string
  life: ProductRow['life']
}

const MOST_ALIASES = 20
const MOST_SPECS = 60
const MOST_VERSIONS = 200

/** Adds a product. Throws Refused for all but the company's admins, Invalid at the fields. */
export async function addProduct(db: Db, actor: Actor, company: { id: number }, draft: ProductDraft): Promise<ProductRow> {
  ensure(canRun(actor, company.id), 'companies.errors.adminOnly')
  const values = valuesOf(draft)
  return db.transaction(async tx => {
    const [product] = await tx
      .insert(products)
      .values({ ...values, companyId: company.id })
      .onConflictDoNothing()
      .returning()
    if (!product) throw new Invalid({ slug: 'companies.slug.taken' })
    await record(tx, 'product.added', { companyId: company.id, productId: product.id, actorId: actor.id })
    return product
  })
}

/** Changes a product. Its address stays where it is. */
export async function editProduct(db: Db, actor: Actor, product: ProductRow, draft: ProductDraft): Promise<void> {
  ensure(canRun(actor, product.companyId), 'companies.errors.adminOnly')
  const { slug: _, ...values } = valuesOf({ ...draft, slug: product.slug })
  await db.transaction(async tx => {
    await tx.update(products).set(values).where(eq(products.id, product.id))
    await told(tx, actor, product)
  })
}

/** Gives a product the picture that was kept under this id, or none. */
export async function setProductPicture(db: Db, actor: Actor, product: ProductRow, pictureId: number | null): Promise<void> {
  ensure(canRun(actor, product.companyId), 'companies.errors.adminOnly')
  if (pictureId !== null && (await db.$count(pictures, and(eq(pictures.id, pictureId), eq(pictures.accountId, actor.id)))) === 0)
    throw new Invalid({ picture: 'pictures.none' })
  await db.transaction(async tx => {
    await tx.update(products).set({ pictureId }).where(eq(products.id, product.id))
    await told(tx, actor, product)
  })
}

/** Adds the newest version or model of a product. Throws Invalid at `label` when it is there already, at `releasedOn` for no day or one before an older version's. */
export async function addVersion(
  db: Db,
  actor: Actor,
  product: ProductRow,
  draft: { label: string; releasedOn: string },
): Promise<VersionRow> {
  ensure(canRun(actor, product.companyId), 'companies.errors.adminOnly')
  const label = draft.label.normalize('NFKC').replace(/\p{C}/gu, '').replace(/\s+/gu, ' ').trim()
  if (!label) throw new Invalid({ label: 'form.required' })
  const releasedOn = readDay(draft.releasedOn)
  return db.transaction(async tx => {
    await tx.select({ id: products.id }).from(products).where(eq(products.id, product.id)).for('update')
    const [last] = await tx
      .select({ position: max(productVersions.position), releasedOn: max(productVersions.releasedOn) })
      .from(productVersions)
      .where(eq(productVersions.productId, product.id))
    const position = (last?.position ?? 0) + 1
    if (position > MOST_VERSIONS) throw new Invalid({ label: { key: 'companies.versions.tooMany', values: { most: MOST_VERSIONS } } })
    if (releasedOn && last?.releasedOn && releasedOn < last.releasedOn) throw new Invalid({ releasedOn: 'companies.versions.reversed' })
    const [version] = await tx
      .insert(productVersions)
      .values({ productId: product.id, label, position, releasedOn })
      .onConflictDoNothing()
      .returning()
    if (!version) throw new Invalid({ label: 'companies.versions.taken' })
    await record(tx, 'product.version_added', {
      companyId: product.companyId,
      productId: product.id,
      versionId: version.id,
      actorId: actor.id,
    })
    return version
  })
}

const told = (tx: Db, actor: Actor, product: ProductRow) =>
  record(tx, 'product.changed', { companyId: product.companyId, productId: product.id, actorId: actor.id })

/** A day as a form sends it (`2026-11-24`), or null for none. Throws Invalid at `releasedOn`. */
function readDay(typed: string): string | null {
  const text = typed.trim()
  if (!text) return null
  const day = new Date(`${text}T00:00:00Z`)
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
  if (!isDay) throw new Invalid({ releasedOn: 'form.wrong' })
  return text
}

function valuesOf(draft: ProductDraft) {
  const line = (text: string) => text.normalize('NFC').replace(/\p{C}/gu, '').replace(/\s+/gu, ' ').trim()
  const { category, life } = draft
  const [nameJa, nameEn] = [line(draft.nameJa), line(draft.nameEn)]
  const empty = (name: string) => (nameKey(name) ? undefined : 'form.required')
  const problems = onlyProblems({ nameJa: empty(nameJa), nameEn: empty(nameEn), slug: slugProblem(draft.slug) })
  if (Object.keys(problems).length > 0) throw new Invalid(problems)
  const aliases = readNames(draft.aliases, MOST_ALIASES)
  return {
    slug: draft.slug,
    nameJa,
    nameEn,
    category,
    life,
    aliases,
    keys: [...new Set([nameJa, nameEn, ...aliases].map(nameKey).filter(Boolean))],
    aboutJa: draft.aboutJa.trim(),
    aboutEn: draft.aboutEn.trim(),
    versionWordJa: line(draft.versionWordJa),
    versionWordEn: line(draft.versionWordEn),
    specsJa: readSpecs(draft.specsJa, 'specsJa'),
    specsEn: readSpecs(draft.specsEn, 'specsEn'),
  }
}

/** Rows typed as `name: value`, one a line. Throws Invalid at `field` naming the line that is none. */
export function readSpecs(text: string, field: string): Spec[] {
  const lines = text.split('\n').map(line => line.replace(/\p{C}/gu, '').trim())
  const specs = lines.flatMap((line, index) => {
    if (!line) return []
    const [, name, value] = /^([^:\uff1a\t]{1,60})[:\uff1a\t]\s*(.{1,300})$/u.exec(line) ?? []
    if (!name?.trim() || !value?.trim()) throw new Invalid({ [field]: { key: 'companies.specs.line', values: { line: index + 1 } } })
    return [{ name: name.trim(), value: value.trim() }]
  })
  if (specs.length > MOST_SPECS) throw new Invalid({ [field]: { key: 'companies.specs.tooMany', values: { most: MOST_SPECS } } })
  return specs
}

/** Rows as they are typed. */
export const specsText = (specs: Spec[], colon = '\uff1a') => specs.map(({ name, value }) => `${name}${colon}${value}`).join('\n')

/** Removes a version nobody named and nothing stands on. Throws Invalid when something does. */
export async function removeVersion(db: Db, actor: Actor, product: ProductRow, versionId: number): Promise<void> {
  ensure(canRun(actor, product.companyId), 'companies.errors.adminOnly')
  await db.transaction(async tx => {
    // What stands on a version is known to tables further up too, so it is asked by name.
    const used = await tx.execute(sql`
      select from topic_products where version_id = ${versionId}
      union all select from fixes where product_id = ${product.id} and version_id = ${versionId}
      union all select from guarantee_products where ${versionId} in (from_version_id, to_version_id) limit 1`)
    if (used.length > 0) throw new Invalid({ label: 'companies.versions.used' })
    await tx.delete(productVersions).where(and(eq(productVersions.id, versionId), eq(productVersions.productId, product.id)))
    await told(tx, actor, product)
  })
}
