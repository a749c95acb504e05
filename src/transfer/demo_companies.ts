import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import { hashOfCode } from '../accounts/recovery_codes.ts'
import { accountRecoveryCodes, accounts, type CompanyRole } from '../accounts/schema.ts'
import { nameKey, namesIt } from '../companies/product_names.ts'
import { companies, companyMembers, type ProductRow, products, productVersions, topicProducts } from '../companies/schema.ts'
import type { Db } from '../platform/db.ts'
import { topics } from '../topics/schema.ts'

const FILE = fileURLToPath(new URL('./demo/companies.json', import.meta.url))

type Text = { ja: string; en: string }
type Rows = [name: string, value: string][]
type DemoProduct = {
  slug: string
  name: Text
  aliases: string[]
  category: ProductRow['category']
  life: ProductRow['life']
  versionWord: Text
  versions: [label: string, daysAgo: number][]
  about: Text
  specs: { ja: Rows; en: Rows }
}
type DemoCompany = {
  slug: string
  name: Text
  domain: string
  number: string
  about: Text
  demandsSecondPair?: boolean
  team: Record<string, CompanyRole>
  daysAgo: number
  products: DemoProduct[]
}
type Ids = Map<string, number>
type Known = { id: number; companyId: number; names: string[] }

const MOST_NAMED = 5
const ago = (days: number) => new Date(Date.now() - days * 86_400_000)
const read = (): DemoCompany[] => JSON.parse(readFileSync(FILE, 'utf8'))

/** Who works for which company of the demo, by handle, as the list of log-ins says it. */
export const demoStaff = (): Map<string, string> =>
  new Map(read().flatMap(({ name, team }) => Object.entries(team).map(([handle, role]) => [handle, `${role} of ${name.en}`])))

/** The demo's companies with their teams and products; the topics that name a product are about it, and what teams wrote there is labelled. */
export async function seedCompanies(tx: Db, people: Ids): Promise<void> {
  const known: Known[] = []
  for (const company of read()) known.push(...(await seedCompany(tx, company, people)))
  await nameProducts(tx, known)
  await labelTeams(tx)
}

async function seedCompany(tx: Db, demo: DemoCompany, people: Ids): Promise<Known[]> {
  const { slug, name, domain, number, about, demandsSecondPair, team, daysAgo } = demo
  const [admin = ''] = Object.entries(team).find(([, role]) => role === 'admin') ?? []
  const [operatorId, applicantId] = [people.get('operator') ?? 0, people.get(admin) ?? 0]
  const [row] = await tx
    .insert(companies)
    .values({
      ...{ slug, domain, demandsSecondPair, applicantId, corporateNumber: number, recordKey: slug },
      ...{ nameJa: name.ja, nameEn: name.en, aboutJa: about.ja, aboutEn: about.en },
      ...{ createdAt: ago(daysAgo + 3), domainProvenAt: ago(daysAgo + 2), domainProvenBy: 'mail' as const },
      ...{ admittedAt: ago(daysAgo), admittedById: operatorId },
    })
    .returning({ id: companies.id })
  const companyId = row?.id ?? 0
  for (const [handle, role] of Object.entries(team)) {
    const accountId = people.get(handle) ?? 0
    await tx.insert(companyMembers).values({ companyId, accountId, role, since: ago(daysAgo) })
    await tx
      .update(accounts)
      .set({ represents: true, twoStepAt: ago(daysAgo) })
      .where(sql`${accounts.id} = ${accountId}`)
    await seedSecondStep(tx, accountId)
  }
  const known: Known[] = []
  for (const product of demo.products) known.push(await seedProduct(tx, companyId, product, daysAgo))
  return known
}

/** Company people take a second step. In the demo it is a code on paper: `hirobademo01`, the next time 02, and so on. */
async function seedSecondStep(tx: Db, accountId: number): Promise<void> {
  const codes = Array.from({ length: 99 }, (_, index) => `hirobademo${String(index + 1).padStart(2, '0')}`)
  await tx.insert(accountRecoveryCodes).values(codes.map(code => ({ accountId, hash: hashOfCode(code) })))
}

async function seedProduct(tx: Db, companyId: number, demo: DemoProduct, daysAgo: number): Promise<Known> {
  const { slug, name, aliases, category, life, versionWord, versions, about, specs } = demo
  const names = [name.ja, name.en, ...aliases]
  const rows = (list: Rows) => list.map(([name, value]) => ({ name, value }))
  const [row] = await tx
    .insert(products)
    .values({
      ...{ companyId, slug, aliases, category, life, keys: [...new Set(names.map(nameKey))], createdAt: ago(daysAgo) },
      ...{ nameJa: name.ja, nameEn: name.en, aboutJa: about.ja, aboutEn: about.en },
      ...{ versionWordJa: versionWord.ja, versionWordEn: versionWord.en, specsJa: rows(specs.ja), specsEn: rows(specs.en) },
    })
    .returning({ id: products.id })
  const id = row?.id ?? 0
  for (const [index, [label, days]] of versions.entries())
    await tx.insert(productVersions).values({ productId: id, label, position: index + 1, releasedOn: ago(days).toISOString().slice(0, 10) })
  return { id, companyId, names }
}

async function nameProducts(tx: Db, known: Known[]): Promise<void> {
  const rows = await tx.execute<{ id: number; author: number; text: string }>(sql`
    select t.id, t.author_id as author, concat_ws(' ', t.title, array_to_string(t.tags, ' '), string_agg(p.body, ' ')) as text
    from topics t join posts p on p.topic_id = t.id and p.kind <> 'comment' group by t.id`)
  for (const { id, author, text } of rows) {
    const named = known.filter(({ names }) => names.some(name => namesIt(text, name))).slice(0, MOST_NAMED)
    if (named.length === 0) continue
    const topicId = Number(id)
    await tx
      .insert(topicProducts)
      .values(named.map((product, position) => ({ topicId, productId: product.id, position, namedById: Number(author) })))
    await tx
      .update(topics)
      .set({ productIds: named.map(product => product.id), companyIds: [...new Set(named.map(product => product.companyId))] })
      .where(sql`${topics.id} = ${topicId}`)
  }
}

/** Teams wrote for their company, but for Haruka, who writes as a member and is labelled all the same. */
async function labelTeams(tx: Db): Promise<void> {
  await tx.execute(sql`
    update posts set company_id = case when a.handle = 'haruka' then null else c.id end,
      capacity = json_build_object('as', case when a.handle = 'haruka' then 'related' else 'company' end, 'companyId', c.id, 'slug', c.slug, 'nameJa', c.name_ja, 'nameEn', c.name_en)
    from company_members m join companies c on c.id = m.company_id join accounts a on a.id = m.account_id, topics t
    where posts.author_id = m.account_id and t.id = posts.topic_id and c.id = any(t.company_ids)`)
  await tx.execute(sql`update topics set capacity = p.capacity from posts p where p.id = topics.opening_id and p.capacity is not null`)
}
