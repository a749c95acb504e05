import { and, desc, eq, sql } from 'drizzle-orm'
import { type Actor, visibleTo } from '../accounts/actor.ts'
import { boardPath } from '../boards/paths.ts'
import { productPath } from '../companies/paths.ts'
import type { Db } from '../platform/db.ts'
import { Missing } from '../platform/errors.ts'
import { atMost, momentCursor, type Page, pageOf } from '../platform/paging.ts'
import { topics } from '../topics/schema.ts'
import { type Level, watches } from './schema.ts'

/** Something that can be followed: what it is called, and where it is. */
export type Subject = { subject: string; what: What; nameJa: string; nameEn: string; path: string }
type What = 'topic' | 'board' | 'product' | 'person' | 'tag'

/** What `of` (`topic:42`, `tag:wi-fi`) names, as this actor may see it. Throws Missing. */
export async function findSubject(db: Db, actor: Actor, of: string): Promise<Subject> {
  const subject = of.toLowerCase()
  const found = (await subjectsByKey(db, actor, [subject])).get(subject)
  if (!found) throw new Missing()
  return found
}

type Row = { subject: string; ja: string | null; en: string | null; slug: string | null; company: string | null }

/** What these keys name, as far as this actor may see it. One statement. */
async function subjectsByKey(db: Db, actor: Actor, keys: string[]): Promise<Map<string, Subject>> {
  const known = keys.filter(key => /^((topic|board|product|person):[1-9]\d{0,14}|tag:.{1,30})$/u.test(key))
  if (known.length === 0) return new Map()
  const visible = sql.param(visibleTo(actor))
  const rows = await db.execute<Row>(sql`
    select k.subject, coalesce(t.title, b.name_ja, p.name_ja, a.name) as ja, coalesce(t.title, b.name_en, p.name_en, a.name) as en,
      coalesce(b.slug, p.slug, a.handle) as slug, c.slug as company
    from (select subject, case when subject not like 'tag:%' then split_part(subject, ':', 2)::bigint end as id from unnest(${sql.param(known)}::text[]) subject) k
    left join topics t on k.subject like 'topic:%' and t.id = k.id and t.hidden_at is null and t.withdrawn_at is null and t.visibility = any(${visible}::text[])
    left join boards b on k.subject like 'board:%' and b.id = k.id and b.visibility = any(${visible}::text[])
    left join products p on k.subject like 'product:%' and p.id = k.id
    left join companies c on c.id = p.company_id and c.admitted_at is not null
    left join accounts a on k.subject like 'person:%' and a.id = k.id and a.closed_at is null`)
  return new Map(rows.flatMap(row => (row.ja || row.subject.startsWith('tag:') ? [[row.subject, subjectFrom(row)]] : [])))
}

function subjectFrom({ subject, ja, en, slug, company }: Row): Subject {
  const [, what = '', key = ''] = /^(\w+):(.+)$/u.exec(subject) ?? []
  const path = {
    topic: `/t/${key}`,
    board: boardPath({ slug: slug ?? '' }),
    product: productPath({ slug: company ?? '' }, { slug: slug ?? '' }),
    person: `/u/${slug}`,
    tag: `/search?tag=${encodeURIComponent(key)}`,
  }[what as What]
  return { subject, what: what as What, nameJa: ja ?? key, nameEn: en || ja || key, path }
}

/** How this actor follows something; undefined where he does not. */
export async function levelOf(db: Db, actor: Actor, { subject }: Pick<Subject, 'subject'>): Promise<Level | undefined> {
  const [row] = await db
    .select({ level: watches.level })
    .from(watches)
    .where(and(eq(watches.subject, subject), eq(watches.accountId, actor.id)))
  return row?.level
}

const FOLLOWS_A_PAGE = 30

/** Everything somebody follows, the newest first, with its name; what is gone or hidden by now is left out. */
export async function listFollows(db: Db, actor: Actor, after?: string): Promise<Page<Subject & { level: Level; isOwn: boolean }>> {
  const cursor = momentCursor(after)
  const rows = await db
    .select()
    .from(watches)
    .where(and(eq(watches.accountId, actor.id), cursor && sql`${watches.since} < ${cursor.value}::timestamptz`))
    .orderBy(desc(watches.since))
    .limit(atMost(FOLLOWS_A_PAGE + 1))
  const page = pageOf(rows, FOLLOWS_A_PAGE, last => ({ value: last.since.toISOString(), id: 0 }))
  const subjects = await subjectsByKey(
    db,
    actor,
    page.rows.map(({ subject }) => subject),
  )
  return {
    next: page.next,
    rows: page.rows.flatMap(({ subject, level, isOwn }) => {
      const found = subjects.get(subject)
      return found ? [{ ...found, level, isOwn }] : []
    }),
  }
}

/** What a topic is called, for somebody who was told of it. */
export async function findTopicTitle(db: Db, id: number): Promise<string> {
  const [topic] = await db.select({ title: topics.title }).from(topics).where(eq(topics.id, id))
  return topic?.title ?? ''
}
