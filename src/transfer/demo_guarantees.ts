import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { eq, sql } from 'drizzle-orm'
import { makeCode } from '../guarantees/code.ts'
import { dayInJapan } from '../guarantees/days.ts'
import { digestOf } from '../guarantees/digest.ts'
import { keepColumns, remember, replaceScope } from '../guarantees/moving.ts'
import { type By, type Deed, type GuaranteeRow, guarantees } from '../guarantees/schema.ts'
import { next } from '../guarantees/states.ts'
import type { Db } from '../platform/db.ts'

const FILE = fileURLToPath(new URL('./demo/guarantees.json', import.meta.url))

type DemoGuarantee = {
  company: string
  topic: string
  author: string
  product: string
  from?: string
  to?: string
  conditions: string
  checkedBy: string
  /** Days from today until the end; what is over ended before. */
  validFor: number
  evidence?: string
  history: [deed: Deed, daysAgo: number, handle: string, reason?: string][]
}
type Place = {
  company_id: number
  second_pair: boolean
  topic_id: number
  post_id: number
  own: boolean
  body: string
  body_html: string
  revision: number
  product_id: number
  from_id: number | null
  to_id: number | null
}
type Ids = Map<string, number>

const ago = (days: number) => new Date(Date.now() - days * 86_400_000)

/** Guarantees of the demo's companies, in every state there is, each with the history that led there. */
export async function seedGuarantees(tx: Db, people: Ids): Promise<void> {
  for (const demo of JSON.parse(readFileSync(FILE, 'utf8')) as DemoGuarantee[]) {
    const place = await find(tx, demo)
    if (place) await seedGuarantee(tx, demo, place, people)
  }
}

async function find(tx: Db, { company, topic, author, product, from = '', to = '' }: DemoGuarantee): Promise<Place | undefined> {
  const version = (label: string) => sql`(select v.id from product_versions v where v.product_id = pr.id and v.label = ${label})`
  const [place] = await tx.execute<Place>(sql`
    select c.id as company_id, c.demands_second_pair as second_pair, t.id as topic_id, p.id as post_id, p.company_id is not distinct from c.id as own, p.body, p.body_html,
      p.revision, pr.id as product_id, ${version(from)} as from_id, ${version(to)} as to_id
    from companies c join products pr on pr.company_id = c.id and pr.slug = ${product}, topics t join posts p on p.topic_id = t.id and p.kind = 'answer'
      join accounts a on a.id = p.author_id
    where c.slug = ${company} and t.title = ${topic} and a.handle = ${author} order by p.id limit 1`)
  return place
}

const number = (id: number | null) => (id === null ? null : Number(id))

async function seedGuarantee(tx: Db, demo: DemoGuarantee, place: Place, people: Ids): Promise<void> {
  const [[, began = 0, first = ''] = []] = demo.history
  const { body, body_html: bodyHtml, revision } = place
  const scope = [{ productId: Number(place.product_id), fromVersionId: number(place.from_id), toVersionId: number(place.to_id) }]
  const checker = people.get(first) ?? 0
  const [row] = await tx
    .insert(guarantees)
    .values({
      ...{ code: makeCode(), companyId: Number(place.company_id), topicId: Number(place.topic_id), postId: Number(place.post_id) },
      ...{ state: 'asked', number: 0, body, bodyHtml, revision, digest: digestOf({ body, revision }) },
      terms: { scope, conditions: demo.conditions, checkedBy: demo.checkedBy, evidenceUrl: demo.evidence ?? '' },
      ...{ validFrom: dayInJapan(ago(began)), validUntil: dayInJapan(ago(-demo.validFor)) },
      ...{ checkerId: checker, personInChargeId: checker, createdAt: ago(began) },
    })
    .returning()
  if (!row) throw new Error('a guarantee was not inserted')
  await replaceScope(tx, row)
  await keepColumns(tx, await seedHistory(tx, row, demo, place, people))
}

async function seedHistory(tx: Db, row: GuaranteeRow, demo: DemoGuarantee, place: Place, people: Ids): Promise<GuaranteeRow> {
  let now = row
  for (const [deed, daysAgo, handle, reason] of demo.history) {
    const at = ago(daysAgo)
    const facts = { isOwn: place.own, secondPair: place.second_pair, wasInForce: now.inForceSince !== null }
    const state = next(now.number === 0 ? undefined : now.state, deed, facts)
    if (!state) throw new Error(`the demo cannot have «${deed}» of «${demo.topic}»`)
    const by: By = !handle ? 'clock' : handle === 'operator' ? 'operator' : handle === demo.author && !place.own ? 'writer' : 'company'
    const inForceSince = now.inForceSince ?? (state === 'given' ? at : null)
    const values = { state, stateAt: at, number: now.number + 1, inForceSince, suspendedBy: deed === 'suspended' ? by : null }
    const [moved] = await tx.update(guarantees).set(values).where(eq(guarantees.id, row.id)).returning()
    now = moved ?? now
    await remember(tx, now, { deed, by, actorId: people.get(handle), reason, at })
  }
  return now
}
