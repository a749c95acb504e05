import { setImmediate as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { type Compared, type Group, grouped, termsOf } from './alike.ts'
import { findBestHelpers } from './best_helpers.ts'
import { risingIn, wordsIn } from './rising.ts'
import { insightTroubles, insightTroubleTopics, insightWords } from './schema.ts'
import { roundedMinutes } from './waits.ts'

/** Questions of a product that are compared with each other, the newest of two years. */
const MOST_QUESTIONS = 3000
const DAYS = 728

type Question = { id: number; askerId: number; title: string; excerpt: string; day: string; daysAgo: number }

/**
 * Groups the questions about each company's products anew, counts the words that rise and finds who helped most, company by company, each in a transaction of
 * its own. By the clock.
 */
export async function groupAll(db: Db): Promise<void> {
  const companies = await db.execute<{ id: string }>(sql`select id from companies where admitted_at is not null order by id`)
  for (const { id } of companies) await groupCompany(db, Number(id))
}

/** The same for one company. What stood is replaced: done twice is done once. */
export async function groupCompany(db: Db, companyId: number): Promise<void> {
  const products = await db.execute<{ id: string; names: string[] }>(sql`
    select id, array[name_ja, name_en] || aliases as names from products where company_id = ${companyId} order by id`)
  const ownNames = new Set(products.flatMap(({ names }) => names.flatMap(name => [...wordsIn(name)])))
  const found: { productId: number; questions: Question[]; groups: Group[] }[] = []
  for (const { id } of products) {
    const questions = await questionsAbout(db, Number(id))
    found.push({ productId: Number(id), questions, groups: await grouped(await compared(questions)) })
  }
  await db.transaction(async tx => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('insights.grouping'), ${companyId}::int)`)
    await tx.execute(sql`delete from insight_troubles where company_id = ${companyId}`)
    await tx.execute(sql`delete from insight_words where company_id = ${companyId}`)
    for (const { productId, questions, groups } of found) await keepGroups(tx, { companyId, productId }, questions, groups)
    const all = new Map(found.flatMap(({ questions }) => questions.map(question => [question.id, question] as const)))
    for (const { productId, questions } of [...found, { productId: 0, questions: [...all.values()] }])
      await keepWords(tx, { companyId, productId }, questions, ownNames)
    await findBestHelpers(tx, companyId)
    await tx.execute(sql`
      insert into insight_settings (company_id, grouped_at) values (${companyId}, now()) on conflict (company_id) do update set grouped_at = now()`)
  })
}

async function questionsAbout(db: Db, productId: number): Promise<Question[]> {
  const rows = await db.execute<Question & { id: string; askerId: string }>(sql`
    select t.id, t.author_id as "askerId", t.title, t.excerpt, (t.created_at at time zone 'Asia/Tokyo')::date::text as day,
      (now() at time zone 'Asia/Tokyo')::date - (t.created_at at time zone 'Asia/Tokyo')::date as "daysAgo"
    from topic_products n join topics t on t.id = n.topic_id
    where n.product_id = ${productId} and t.kind = 'question' and t.visibility = 'public' and t.hidden_at is null and t.withdrawn_at is null
      and t.created_at > now() - make_interval(days => ${DAYS})
    order by n.topic_id desc limit ${MOST_QUESTIONS}`)
  return rows.map(row => ({ ...row, id: Number(row.id), askerId: Number(row.askerId) }))
}

/** A process that also serves pages gets its turn in between. */
async function compared(questions: Question[]): Promise<Compared[]> {
  const done: Compared[] = []
  for (const { id, title, excerpt } of questions) {
    if (done.length % 50 === 0) await pause()
    done.push({ id, terms: termsOf(title, excerpt) })
  }
  return done
}

type Scope = { companyId: number; productId: number }

const waited = sql`(select ${roundedMinutes(sql`t.created_at`, sql`min(p.created_at)`)} from posts p
  where p.topic_id = t.id and p.kind = 'answer' and p.author_id <> t.author_id and p.hidden_at is null and p.withdrawn_at is null)`

async function keepGroups(tx: Db, scope: Scope, questions: Question[], groups: Group[]): Promise<void> {
  const dayOf = new Map(questions.map(({ id, day }) => [id, day]))
  const alike = groups.filter(({ ids }) => ids.length > 1)
  if (alike.length === 0) return
  const rows = await tx
    .insert(insightTroubles)
    .values(alike.map(({ ids, terms }) => ({ ...scope, topicId: ids[0] ?? 0, words: terms })))
    .returning({ id: insightTroubles.id })
  const members = alike.flatMap(({ ids }, place) =>
    ids.map(topicId => ({ ...scope, troubleId: rows[place]?.id ?? 0, topicId, day: dayOf.get(topicId) ?? '' })),
  )
  for (let at = 0; at < members.length; at += 1000) await tx.insert(insightTroubleTopics).values(members.slice(at, at + 1000))
  await tx.execute(sql`
    update insight_trouble_topics m set solved = t.solved_at is not null, guaranteed = t.guaranteed_at is not null, minutes = ${waited}
    from topics t where t.id = m.topic_id and m.product_id = ${scope.productId}`)
}

/** That people name the product they ask about is no news. */
async function keepWords(tx: Db, scope: Scope, questions: Question[], ownNames: Set<string>): Promise<void> {
  const recent = questions.filter(({ daysAgo }) => daysAgo < 35)
  const said = recent.map(({ askerId, title, excerpt, daysAgo }) => ({
    askerId,
    isNow: daysAgo < 7,
    words: wordsIn(`${title}\n${excerpt}`).difference(ownNames),
  }))
  const rising = risingIn(said)
  if (rising.length > 0) await tx.insert(insightWords).values(rising.map(row => ({ ...scope, ...row })))
}
