import { and, arrayContains, desc, eq, gt, inArray, isNull, lt, not, or, sql } from 'drizzle-orm'
import { accounts } from '../accounts/schema.ts'
import type { Db } from '../platform/db.ts'
import { atMost } from '../platform/paging.ts'
import { byline } from '../topics/queries.ts'
import { helperMonths } from './people/schema.ts'

/** Where help is counted: the whole site, a first-level board with its children, one board, a product, a tag. */
export type Place = 'site' | `root:${number}` | `board:${number}` | `product:${number}` | `tag:${string}`

/** The place that stands for a board's page. What not everybody may read is counted by itself. */
export const placeOfBoard = (board: { id: number; parentId: number | null; visibility: string }): Place =>
  board.parentId === null && board.visibility === 'public' ? `root:${board.id}` : `board:${board.id}`

export type Helper = Awaited<ReturnType<typeof listHelpers>>[number]

/**
 * Who helped most at a place in these months (`2026-11-01`), by the points his answers brought, at most `size` a month. Who left, is
 * suspended or does not want to be in it, is not.
 */
export async function listHelpers(db: Db, { place, months, size = 50 }: { place: Place; months: string[]; size?: number }) {
  return db
    .select({
      month: helperMonths.month,
      answers: helperMonths.answers,
      solved: helperMonths.solved,
      thanks: helperMonths.thanks,
      helpful: helperMonths.helpful,
      points: helperMonths.points,
      author: byline,
    })
    .from(helperMonths)
    .innerJoin(accounts, eq(accounts.id, helperMonths.accountId))
    .where(
      and(
        eq(helperMonths.place, place),
        inArray(helperMonths.month, months),
        gt(helperMonths.points, sql`0`),
        isNull(accounts.closedAt),
        or(isNull(accounts.suspendedUntil), lt(accounts.suspendedUntil, sql`now()`)),
        not(arrayContains(accounts.hiddenParts, ['ranking'])),
      ),
    )
    .orderBy(desc(helperMonths.month), desc(helperMonths.points), desc(helperMonths.solved), helperMonths.accountId)
    .limit(atMost(size))
}

export type Skill = {
  kind: 'board' | 'product' | 'tag'
  name: string
  path: string
  nameEn: string | null
  solved: number
  answers: number
}

/** What somebody is good at: boards this reader may see, products and tags, by his answers picked as best; at most six each. */
export async function listSkills(db: Db, accountId: number, visible: string[]): Promise<Skill[]> {
  const rows = await db.execute<
    Omit<Skill, 'solved' | 'answers' | 'nameEn'> & Record<'solved' | 'answers', string> & { name_en: string | null }
  >(sql`
    with places as (
      select place, sum(solved) as solved, sum(answers) as answers from helper_months
      where account_id = ${accountId} and (place like 'board:%' or place like 'product:%' or place like 'tag:%') group by place),
    named as (
      select 'board' as kind, b.name_ja as name, b.name_en, '/b/' || b.slug as path, p.solved, p.answers from places p
        join boards b on p.place = 'board:' || b.id where b.visibility = any(${sql.param(visible)}::text[])
      union all select 'product', m.name_ja, m.name_en, '/c/' || c.slug || '/p/' || m.slug, p.solved, p.answers from places p
        join products m on p.place = 'product:' || m.id join companies c on c.id = m.company_id where c.admitted_at is not null
      union all select 'tag', substr(place, 5), null, '', solved, answers from places where place like 'tag:%'),
    ranked as (select *, row_number() over (partition by kind order by solved desc, answers desc, name) as rank from named where solved > 0 or answers > 2)
    select kind, name, name_en, path, solved, answers from ranked where rank <= 6 order by kind, rank`)
  return rows.map(({ name_en, solved, answers, ...row }) => ({ ...row, nameEn: name_en, solved: Number(solved), answers: Number(answers) }))
}
