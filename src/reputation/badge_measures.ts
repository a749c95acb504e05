import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { BADGES } from './badge_rules.ts'

const stands = (post: string) => sql.raw(`${post}.hidden_at is null and ${post}.withdrawn_at is null`)
const helped = (column: string) =>
  sql.raw(`(select coalesce(sum(h.${column}), 0) from helper_months h where h.account_id = a.id and h.place = 'site')`)
/** Answers to others, with their topics. */
const answers = sql`posts p join topics t on t.id = p.topic_id
  where p.author_id = a.id and p.kind = 'answer' and p.asked_as is null and t.author_id <> a.id and ${stands('p')} and ${stands('t')}`
const topicsOf = sql`topics t where t.author_id = a.id and ${stands('t')}`

/** What badges count, each as a number of account `a`. */
const MEASURES = {
  answers: helped('answers'),
  solved: helped('solved'),
  helpful: helped('helpful'),
  months: sql`(select count(*) from helper_months h where h.account_id = a.id and h.place = 'site')`,
  boardsSolved: sql`(select count(distinct h.place) from helper_months h where h.account_id = a.id and h.place like 'board:%' and h.solved > 0)`,
  thanksGiven: sql`(select count(*) from reactions r where r.account_id = a.id and r.kind = 'thanks')`,
  thankers: sql`(select count(distinct r.account_id) from ${sql.raw('posts p join reactions r on r.post_id = p.id')}
    where p.author_id = a.id and p.kind = 'answer' and r.kind = 'thanks' and ${stands('p')}
      and not exists (select from voided_pairs v where v.from_id = r.account_id and v.to_id = a.id))`,
  addenda: sql`(select count(*) from posts p join addenda d on d.post_id = p.id where p.author_id = a.id and ${stands('p')})`,
  picked: sql`(select count(*) from ${topicsOf} and t.best_answer_id is not null)`,
  tips: sql`(select count(*) from ${topicsOf} and t.kind = 'tip' and exists (select from posts p where p.id = t.opening_id and p.helpful_count > 0))`,
  comparisons: sql`(select count(*) from ${topicsOf} and t.kind = 'comparison' and t.answer_count > 0)`,
  firstsAnswered: sql`(select count(distinct t.id) from ${answers} and t.is_first)`,
  quick: sql`(select count(*) from ${answers} and t.kind = 'question' and p.created_at < t.created_at + interval '1 hour'
    and not exists (select from posts e where e.topic_id = t.id and e.kind = 'answer' and e.id < p.id and e.author_id <> t.author_id))`,
  rescued: sql`(select count(*) from ${answers} and t.best_answer_id = p.id and p.created_at > t.created_at + interval '3 days'
    and not exists (select from posts e where e.topic_id = t.id and e.kind = 'answer' and e.author_id <> t.author_id
      and e.created_at <= t.created_at + interval '3 days'))`,
  certified: sql`(a.certification is not null)::int`,
  // Months that are over; an equal is a master too.
  mastered: sql`(select count(*) from helper_months h where h.account_id = a.id and h.place like 'root:%' and h.points > 0
    and h.month < date_trunc('month', now() at time zone 'Asia/Tokyo')
    and not exists (select from helper_months o join accounts oa on oa.id = o.account_id where o.place = h.place and o.month = h.month
      and o.points > h.points and oa.closed_at is null and not oa.hidden_parts @> '{ranking}'))`,
} satisfies Record<string, SQL>
export type MeasureName = keyof typeof MEASURES

type Numbers = Partial<Record<MeasureName, number>>

/** These members' numbers, each as it stands now. One statement. */
export async function measure(db: Db, accountIds: number[], names: MeasureName[]): Promise<Map<number, Numbers>> {
  const read = await readMeasures(db, accountIds, names, name => MEASURES[name])
  return new Map([...read].map(([id, { numbers }]) => [id, numbers]))
}

/** These members' numbers as far as a badge is missing that is given by them, and the badges they have. One statement. */
export const measureMissing = (db: Db, accountIds: number[], names: MeasureName[]) =>
  readMeasures(db, accountIds, names, name => {
    const keys = BADGES.filter(badge => badge.measure === name).map(({ key }) => key)
    return sql`case when not had.badges @> ${sql.param(keys)}::text[] then ${MEASURES[name]} end`
  })

async function readMeasures(
  db: Db,
  accountIds: number[],
  names: MeasureName[],
  columnOf: (name: MeasureName) => SQL,
): Promise<Map<number, { numbers: Numbers; had: Set<string> }>> {
  const wanted = [...new Set(names)]
  if (accountIds.length === 0 || wanted.length === 0) return new Map()
  const columns = sql.join(
    wanted.map(name => sql`${columnOf(name)} as ${sql.identifier(name)}`),
    sql`, `,
  )
  const rows = await db.execute<Record<string, string> & { had: string[] }>(sql`
    select a.id, had.badges as had, ${columns}
    from accounts a cross join lateral (select array(select badge from badge_grants g where g.account_id = a.id) as badges) had
    where a.id = any(${sql.param(accountIds)}::bigint[]) and a.closed_at is null`)
  return new Map(
    rows.map(({ id, had, ...numbers }) => [
      Number(id),
      { had: new Set(had), numbers: Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, Number(value)])) },
    ]),
  )
}
