import { sql } from 'drizzle-orm'
import type { Db } from '../../platform/db.ts'
import { HARSH, harshnessOf } from '../words/harshness.ts'
import { wordsNow } from '../words/keeping.ts'
import type { ReadyWords } from '../words/matching.ts'
import { addTo, type Happening, type Heat, heatOf, NOTHING_YET, type Sums } from './heat.ts'
import { type HEAT_LEVELS, topicHeats } from './schema.ts'

/** How hot a topic is now, and which step was taken before. */
export type Measured = Heat & { topicId: number; boardId: number; level: (typeof HEAT_LEVELS)[number] }
/**
 * What an event adds: a post is read for its harshness, one that was edited for what it says now; everything else says itself what it
 * weighs.
 */
export type Added = {
  eventId: number
  topicId: number
  postId?: number
  isEdit?: boolean
  weighs?: Omit<Happening, 'at' | 'speaker'>
}

/** What a topic usually has where nobody has counted yet, in posts at a time. */
export const USUAL = 2
/** Posts below this sound as people talk; from here on they warm a topic. */
export const SHARP = 20
const MOST_SEEN = 100
const TRIES = 8

/**
 * Counts events in the heat of their topics, each once however often it is told. Two statements for all of them: what there is, and what
 * becomes of it; where somebody else counted in between, once more. Resolves to the topics that moved.
 */
export async function measure(db: Db, added: readonly Added[]): Promise<Measured[]> {
  const measured: Measured[] = []
  let left = added
  for (let turn = 0; left.length > 0; turn++) {
    if (turn === TRIES) throw new Error(`the heat of topic ${left[0]?.topicId} is counted by too many at once`)
    const counted = await countOnce(db, left)
    measured.push(...counted.measured)
    left = left.filter(({ topicId }) => counted.missed.has(topicId))
  }
  return measured
}

type Facts = {
  topicId: number
  boardId: number
  rootBoardId: number
  body: string | null
  authorId: number | null
  postedAt: number | null
  now: number
  sums: Sums | null
  seen: number[]
  version: number
  level: Measured['level']
  usual: number | null
}

async function countOnce(db: Db, added: readonly Added[]): Promise<{ measured: Measured[]; missed: Set<number> }> {
  const [facts, words] = await Promise.all([factsOf(db, added), wordsNow(db)])
  const changed = [...Map.groupBy(added.entries(), ([, { topicId }]) => topicId).values()].flatMap(of => {
    const fresh = of.flatMap(([place, each]) => {
      const row = facts.get(place)
      return row && !row.seen.includes(each.eventId) ? [{ row, each }] : []
    })
    const [first] = fresh
    if (!first) return []
    const { topicId, boardId, seen, version, level, usual, now } = first.row
    const sums = fresh.reduce((sums, { row, each }) => addTo(sums, happeningOf(each, row, words)), first.row.sums ?? NOTHING_YET)
    const next = {
      topicId,
      boardId,
      sums,
      seen: [...seen, ...fresh.map(({ each }) => each.eventId)].slice(-MOST_SEEN),
      version: version + 1,
    }
    return [{ ...next, ...heatOf(sums, now, usual ?? USUAL), level }]
  })
  if (changed.length === 0) return { measured: [], missed: new Set() }
  const kept = await keep(db, changed)
  return {
    measured: changed.filter(({ topicId }) => kept.has(topicId)),
    missed: new Set(changed.map(({ topicId }) => topicId).filter(id => !kept.has(id))),
  }
}

/** What each of these events needs to know, by its place among them; those of topics that are gone are not there. */
async function factsOf(db: Db, added: readonly Added[]): Promise<Map<number, Facts>> {
  const topicIds = sql.param(added.map(({ topicId }) => topicId))
  const postIds = sql.param(added.map(({ postId, weighs }) => (weighs ? 0 : (postId ?? 0))))
  const rows = await db.execute<Record<string, unknown>>(sql`
    select e.place, t.id as topic, t.board_id as board, t.root_board_id as root, p.body, p.author_id as author,
      extract(epoch from p.created_at) * 1000 as posted, extract(epoch from clock_timestamp()) * 1000 as now,
      h.sums, array_to_json(h.seen) as seen, h.version, h.level, u.usual
    from unnest(${topicIds}::bigint[], ${postIds}::bigint[]) with ordinality as e(topic_id, post_id, place)
    join topics t on t.id = e.topic_id left join posts p on p.id = e.post_id
    left join topic_heats h on h.topic_id = t.id left join board_paces u on u.board_id = t.board_id`)
  return new Map(rows.map(row => [Number(row.place) - 1, factsIn(row)]))
}

const factsIn = (row: Record<string, unknown>): Facts => ({
  topicId: Number(row.topic),
  boardId: Number(row.board),
  rootBoardId: Number(row.root),
  body: row.body as string | null,
  authorId: row.author === null ? null : Number(row.author),
  postedAt: row.posted === null ? null : Number(row.posted),
  now: Number(row.now),
  sums: row.sums as Sums | null,
  seen: (row.seen as number[] | null) ?? [],
  version: Number(row.version ?? 0),
  level: (row.level ?? 'calm') as Measured['level'],
  usual: row.usual === null ? null : Number(row.usual),
})

function happeningOf(
  { weighs, isEdit }: Added,
  { body, authorId, postedAt, now, boardId, rootBoardId }: Facts,
  words: ReadyWords,
): Happening {
  if (weighs || body === null || authorId === null || postedAt === null) return { at: now, ...weighs }
  const { score } = harshnessOf(body, words, [boardId, rootBoardId])
  // What was harsh before it was mended has counted already: half, and only what is harsh now.
  if (isEdit) return { at: now, harsh: score >= HARSH ? score / 200 : 0 }
  return { at: postedAt, speaker: authorId, posts: 1, harsh: score >= SHARP ? score / 100 : 0, night: isNight(postedAt) ? 1 : 0 }
}

/** From eleven in the evening to five in the morning in Japan. */
const isNight = (at: number): boolean => {
  const hour = (new Date(at).getUTCHours() + 9) % 24
  return hour >= 23 || hour < 5
}

/** Writes what became of it where nobody else wrote in between. Resolves to the topics that were written. */
async function keep(db: Db, rows: (typeof topicHeats.$inferInsert)[]): Promise<Set<number>> {
  const values = rows.map(({ topicId, boardId, sums, seen, version, heat }) => ({ topicId, boardId, sums, seen, version, heat }))
  const kept = await db
    .insert(topicHeats)
    .values(values.sort((a, b) => a.topicId - b.topicId))
    .onConflictDoUpdate({
      target: topicHeats.topicId,
      set: {
        boardId: sql`excluded.board_id`,
        sums: sql`excluded.sums`,
        seen: sql`excluded.seen`,
        version: sql`excluded.version`,
        heat: sql`excluded.heat`,
        measuredAt: sql`now()`,
      },
      setWhere: sql`${topicHeats.version} = excluded.version - 1`,
    })
    .returning({ topicId: topicHeats.topicId })
  return new Set(kept.map(({ topicId }) => topicId))
}
