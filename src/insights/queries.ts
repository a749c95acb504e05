import { and, asc, desc, eq, gte, isNull, lte, sql } from 'drizzle-orm'
import { accounts } from '../accounts/schema.ts'
import { companyMembers, products } from '../companies/schema.ts'
import type { Db } from '../platform/db.ts'
import type { Locale } from '../platform/i18n.ts'
import { byline } from '../topics/queries.ts'
import type { Period } from './period.ts'
import {
  insightCalendar,
  insightDays,
  insightHelpers,
  insightReaders,
  insightRivals,
  insightSettings,
  insightSilences,
  insightWaits,
  insightWords,
} from './schema.ts'

/** Whose figures: a company's, all its products together (`productId` 0) or one of them. */
export type Scope = { companyId: number; productId: number }

type Scoped = typeof insightDays | typeof insightWaits | typeof insightReaders | typeof insightRivals
const inScope = (table: Scoped, { companyId, productId }: Scope, from: string, until: string) =>
  and(eq(table.companyId, companyId), eq(table.productId, productId), gte(table.day, from), lte(table.day, until))

/** The figures of each day, of the period and of the one before it. */
export const listDays = (db: Db, scope: Scope, { before, until }: Period) =>
  db
    .select()
    .from(insightDays)
    .where(inScope(insightDays, scope, before, until))
    .orderBy(asc(insightDays.day))
export type DayFigures = Awaited<ReturnType<typeof listDays>>[number]

/** The readers of each day, of the period and of the one before it. */
export const listReaders = (db: Db, scope: Scope, { before, until }: Period) =>
  db
    .select()
    .from(insightReaders)
    .where(inScope(insightReaders, scope, before, until))
    .orderBy(asc(insightReaders.day))
export type DayReaders = Awaited<ReturnType<typeof listReaders>>[number]

/** How long questions waited, of the period (`isNow`) and of the one before it. */
export const listWaits = (db: Db, scope: Scope, { before, from, until }: Period) =>
  db
    .select({
      isNow: sql<boolean>`${insightWaits.day} >= ${from}::date`,
      minutes: insightWaits.minutes,
      questions: sql<number>`sum(${insightWaits.questions})::int`,
    })
    .from(insightWaits)
    .where(inScope(insightWaits, scope, before, until))
    .groupBy(sql`1`, insightWaits.minutes)

export type Trouble = {
  id: number
  topicId: number
  title: string
  words: string[]
  productJa: string
  productEn: string
  questions: number
  before: number
  solved: number
  guaranteed: number
  waiting: number
  minutes: number | null
}
const SHOWN = 15

/** What hurts most: questions that are alike, by how many were asked in the period. One scan of the period's questions. */
export async function listTroubles(db: Db, { companyId, productId }: Scope, { before, from, until }: Period): Promise<Trouble[]> {
  const scope = productId ? sql`m.product_id = ${productId}` : sql`m.company_id = ${companyId}`
  const isNow = sql`m.day >= ${from}::date`
  const rows = await db.execute<Trouble & { id: string; topicId: string }>(sql`
    with largest as (
      select m.trouble_id, count(*) filter (where ${isNow})::int as questions, count(*) filter (where not ${isNow})::int as before,
        count(*) filter (where ${isNow} and m.solved)::int as solved, count(*) filter (where ${isNow} and m.guaranteed)::int as guaranteed,
        count(*) filter (where ${isNow} and m.minutes is null)::int as waiting,
        percentile_disc(0.5) within group (order by m.minutes) filter (where ${isNow} and m.minutes is not null) as minutes
      from insight_trouble_topics m where ${scope} and m.day between ${before}::date and ${until}::date
      group by m.trouble_id having count(*) filter (where ${isNow}) > 0 order by 2 desc, 3, 1 limit ${SHOWN})
    select g.id, g.topic_id as "topicId", shown.title, g.words, p.name_ja as "productJa", p.name_en as "productEn", l.questions, l.before,
      l.solved, l.guaranteed, l.waiting, l.minutes
    from largest l join insight_troubles g on g.id = l.trouble_id join topics shown on shown.id = g.topic_id join products p on p.id = g.product_id
    where shown.hidden_at is null and shown.withdrawn_at is null order by l.questions desc, l.before, g.id`)
  return rows.map(row => ({ ...row, id: Number(row.id), topicId: Number(row.topicId) }))
}

/** Words that rise this week, whatever the period. */
export const listWords = (db: Db, { companyId, productId }: Scope) =>
  db
    .select({ word: insightWords.word, askers: insightWords.askers, before: insightWords.before })
    .from(insightWords)
    .where(and(eq(insightWords.companyId, companyId), eq(insightWords.productId, productId)))
    .orderBy(desc(sql`(${insightWords.askers} - ${insightWords.before}) / sqrt(${insightWords.before} + 1)`), asc(insightWords.word))
    .limit(20)
export type RisingWord = Awaited<ReturnType<typeof listWords>>[number]

/** Other companies' products named together with one's own, most often first. */
export async function listRivals(db: Db, scope: Scope, { before, from, until }: Period) {
  const now = sql<number>`coalesce(sum(${insightRivals.topics}) filter (where ${insightRivals.day} >= ${from}::date), 0)::int`
  return db
    .select({
      id: products.id,
      slug: products.slug,
      nameJa: products.nameJa,
      nameEn: products.nameEn,
      companyJa: sql<string>`(select c.name_ja from companies c where c.id = ${products.companyId})`,
      companyEn: sql<string>`(select c.name_en from companies c where c.id = ${products.companyId})`,
      companySlug: sql<string>`(select c.slug from companies c where c.id = ${products.companyId})`,
      topics: now,
      before: sql<number>`coalesce(sum(${insightRivals.topics}) filter (where ${insightRivals.day} < ${from}::date), 0)::int`,
    })
    .from(insightRivals)
    .innerJoin(products, eq(products.id, insightRivals.rivalId))
    .where(inScope(insightRivals, scope, before, until))
    .groupBy(products.id)
    .having(sql`${now} > 0`)
    .orderBy(desc(now), asc(products.id))
    .limit(SHOWN)
}
export type Rival = Awaited<ReturnType<typeof listRivals>>[number]

/**
 * Members whose answers helped most, by best and guaranteed answers, then by helpful marks. Who left, is suspended or keeps his name out of
 * lists of helpers is not among them.
 */
export async function listBestHelpers(db: Db, { companyId, productId }: Scope, { days }: Pick<Period, 'days'>) {
  const { answers, best, guaranteed, helpful } = insightHelpers
  return db
    .select({ author: byline, answers, best, guaranteed, helpful })
    .from(insightHelpers)
    .innerJoin(accounts, eq(accounts.id, insightHelpers.accountId))
    .where(
      and(
        eq(insightHelpers.companyId, companyId),
        eq(insightHelpers.productId, productId),
        eq(insightHelpers.days, days),
        isNull(accounts.closedAt),
        sql`(${accounts.suspendedUntil} is null or ${accounts.suspendedUntil} < now())`,
        sql`not ${accounts.hiddenParts} @> '{ranking}'`,
        sql`${accounts.role} <> 'operator'`,
      ),
    )
    .orderBy(desc(sql`2 * ${best} + 2 * ${guaranteed} + ${helpful}`), desc(answers), asc(accounts.id))
    .limit(SHOWN)
}
export type BestHelper = Awaited<ReturnType<typeof listBestHelpers>>[number]

/** Each of a company's products in the period, by how many questions there were. */
export async function listProductFigures(db: Db, companyId: number, { from, until }: Period) {
  const sum = (column: 'questions' | 'answered' | 'solved' | 'guaranteed' | 'fixed' | 'failed') =>
    sql<number>`coalesce(sum(${insightDays[column]}), 0)::int`
  return db
    .select({
      id: products.id,
      slug: products.slug,
      nameJa: products.nameJa,
      nameEn: products.nameEn,
      questions: sum('questions'),
      answered: sum('answered'),
      solved: sum('solved'),
      guaranteed: sum('guaranteed'),
      fixed: sum('fixed'),
      failed: sum('failed'),
    })
    .from(products)
    .leftJoin(
      insightDays,
      and(
        eq(insightDays.companyId, companyId),
        eq(insightDays.productId, products.id),
        gte(insightDays.day, from),
        lte(insightDays.day, until),
      ),
    )
    .where(eq(products.companyId, companyId))
    .groupBy(products.id)
    .orderBy(desc(sum('questions')), asc(products.id))
}
export type ProductFigures = Awaited<ReturnType<typeof listProductFigures>>[number]

/** What a company assumes; what it starts with until it says otherwise. */
export async function findSettings(db: Db, companyId: number) {
  const [row] = await db.select().from(insightSettings).where(eq(insightSettings.companyId, companyId))
  return row ?? { companyId, wouldAsk: 20, isHelped: null, elsewhere: 10, cost: null, groupedAt: null, toldWeek: null }
}
export type Settings = Awaited<ReturnType<typeof findSettings>>

/** When the figures were brought up to date last; undefined before the first time. */
export async function findCountedAt(db: Db): Promise<Date | undefined> {
  const [row] = await db
    .select({ at: insightCalendar.countedAt })
    .from(insightCalendar)
    .where(sql`${insightCalendar.countedAt} is not null`)
    .orderBy(desc(insightCalendar.day))
    .limit(1)
  return row?.at ?? undefined
}

/** Whether an admin takes the weekly letter: he does until he says no. */
export const wantsLetters = async (db: Db, companyId: number, accountId: number): Promise<boolean> =>
  (await db.$count(insightSilences, and(eq(insightSilences.companyId, companyId), eq(insightSilences.accountId, accountId)))) === 0

/** A company's admins who take its weekly letter, as mail reaches them. */
export async function listLetterReaders(db: Db, companyId: number): Promise<{ id: number; email: string; locale: Locale }[]> {
  const silent = sql`exists (select from ${insightSilences} s where s.company_id = ${companyId} and s.account_id = ${accounts.id})`
  const rows = await db
    .select({ id: accounts.id, email: accounts.email, locale: accounts.locale })
    .from(companyMembers)
    .innerJoin(accounts, and(eq(accounts.id, companyMembers.accountId), isNull(accounts.closedAt)))
    .where(
      and(eq(companyMembers.companyId, companyId), eq(companyMembers.role, 'admin'), isNull(companyMembers.leftAt), sql`not ${silent}`),
    )
    .orderBy(asc(accounts.id))
  return rows.flatMap(({ email, ...row }) => (email ? [{ ...row, email }] : []))
}
