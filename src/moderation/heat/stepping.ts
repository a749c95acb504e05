import { and, desc, eq, inArray, isNull, ne, sql } from 'drizzle-orm'
import type { Db } from '../../platform/db.ts'
import { record } from '../../platform/outbox.ts'
import { markCooled, markHeated } from '../../topics/helping/heating.ts'
import { slowByItself } from '../../topics/helping/slowing.ts'
import { topics } from '../../topics/schema.ts'
import { writeAudit } from '../audit.ts'
import { openItem } from '../opening.ts'
import { COOL, HEAT_PARTS, type Heat, HOT, heatOf, WARM } from './heat.ts'
import { type Measured, USUAL } from './measuring.ts'
import { boardPaces, heatWarnings, topicHeats } from './schema.ts'

/** How a topic slows down by itself: one post in so many minutes from each member, for so many hours. */
export const SLOWING = { minutes: 15, hours: 2 } as const

/**
 * Takes the steps a topic's heat asks for, each once while it is hot: readers see it and moderators are told; hotter still, it slows down
 * by itself. Everything it does is in the audit log.
 */
export async function takeSteps(db: Db, measured: Measured): Promise<void> {
  if (measured.heat >= WARM && measured.level === 'calm') await warn(db, measured)
  if (measured.heat >= HOT && measured.level !== 'hot') await slowDown(db, measured)
}

async function warn(db: Db, { topicId, boardId, heat, parts }: Measured): Promise<void> {
  await db.transaction(async tx => {
    const [topic] = await tx.select().from(topics).where(eq(topics.id, topicId)).for('update')
    if (!topic || !(await rise(tx, topicId, 'calm', 'warm'))) return
    await markHeated(tx, topic)
    const { postCount, companyIds } = topic
    const hot = Math.round(heat)
    await tx.insert(heatWarnings).values({ topicId, boardId, heat: hot, parts, postCount })
    const facts = { heat: hot, parts: asPercent(parts) }
    const item = await openItem(tx, { kind: 'heat', subject: 'topic', subjectId: topicId, topicId, boardId, companyIds, tier: 2, facts })
    await record(tx, 'topic.heated', { topicId, boardId, actorId: 0, heat: hot })
    await writeAudit(tx, { id: 0 }, 'topic_heated', { subject: 'topic', id: topicId, boardId }, { heat: hot, item: item.id })
  })
}

async function slowDown(db: Db, { topicId, boardId, heat, parts }: Measured): Promise<void> {
  await db.transaction(async tx => {
    const [topic] = await tx.select().from(topics).where(eq(topics.id, topicId)).for('update')
    if (!topic || !(await rise(tx, topicId, 'warm', 'hot'))) return
    const reasons = reasonsOf(parts)
    if (!(await slowByItself(tx, topic, { ...SLOWING, reasons }))) return
    const [latest] = await tx
      .select({ id: heatWarnings.id })
      .from(heatWarnings)
      .where(eq(heatWarnings.topicId, topicId))
      .orderBy(desc(heatWarnings.id))
      .limit(1)
    await tx
      .update(heatWarnings)
      .set({ slowedAt: sql`now()` })
      .where(eq(heatWarnings.id, latest?.id ?? 0))
    const details = { heat: Math.round(heat), ...SLOWING, reasons: reasons.join(' ') }
    await writeAudit(tx, { id: 0 }, 'topic_slowed', { subject: 'topic', id: topicId, boardId }, details)
  })
}

/** One of any number who see it at once takes the step. */
async function rise(tx: Db, topicId: number, from: 'calm' | 'warm', to: 'warm' | 'hot'): Promise<boolean> {
  const risen = await tx
    .update(topicHeats)
    .set({ level: to })
    .where(and(eq(topicHeats.topicId, topicId), eq(topicHeats.level, from)))
    .returning({ topicId: topicHeats.topicId })
  return risen.length > 0
}

/** The two parts that weigh most, as what readers are told. */
const reasonsOf = (parts: Heat['parts']) =>
  parts
    .toSorted((a, b) => b.points - a.points)
    .slice(0, 2)
    .map(({ name }) => name)

/** Each part against what it is worth at most, as moderators see it. */
export const asPercent = (parts: Heat['parts']) =>
  parts.map(({ name, points }) => ({ name, value: Math.round((points / HEAT_PARTS[name]) * 100) }))

/** Looks after the topics that are hot: those that have cooled by now are as they were; by the clock. */
export async function followHeat(db: Db, now = Date.now()): Promise<void> {
  const risen = await db
    .select({ heat: topicHeats, usual: boardPaces.usual })
    .from(topicHeats)
    .leftJoin(boardPaces, eq(boardPaces.boardId, topicHeats.boardId))
    .where(ne(topicHeats.level, 'calm'))
    .orderBy(topicHeats.topicId)
    .limit(1000)
  for (const { heat, usual } of risen) if (heatOf(heat.sums, now, usual ?? USUAL).heat < COOL) await coolDown(db, heat)
}

async function coolDown(db: Db, { topicId, boardId, version }: typeof topicHeats.$inferSelect): Promise<void> {
  await db.transaction(async tx => {
    const [topic] = await tx.select().from(topics).where(eq(topics.id, topicId)).for('update')
    const cooled = await tx
      .update(topicHeats)
      .set({ level: 'calm', heat: 0 })
      .where(and(eq(topicHeats.topicId, topicId), eq(topicHeats.version, version), inArray(topicHeats.level, ['warm', 'hot'])))
      .returning({ topicId: topicHeats.topicId })
    if (!topic || cooled.length === 0) return
    await markCooled(tx, topic)
    await tx
      .update(heatWarnings)
      .set({ cooledAt: sql`now()` })
      .where(and(eq(heatWarnings.topicId, topicId), isNull(heatWarnings.cooledAt)))
    await record(tx, 'topic.cooled', { topicId, boardId, actorId: 0 })
  })
}

/** Counts how many posts each board usually has in a topic at a time, over the last four weeks; by the clock. */
export async function countPaces(db: Db): Promise<void> {
  await db.execute(sql`
    insert into board_paces (board_id, usual)
    select board_id, greatest(1, avg(lately)) from (
      select t.board_id, count(*) over (partition by p.topic_id order by p.created_at range between interval '87 minutes' preceding and current row) as lately
      from posts p join topics t on t.id = p.topic_id where p.created_at > now() - interval '28 days'
    ) counted group by board_id
    on conflict (board_id) do update set usual = excluded.usual`)
}

/** Forgets the heat of topics in which nothing has moved for a week. */
export async function sweepHeat(db: Db): Promise<void> {
  await db.delete(topicHeats).where(and(eq(topicHeats.level, 'calm'), sql`${topicHeats.measuredAt} < now() - interval '7 days'`))
}
