import { sql } from 'drizzle-orm'
import type { Db } from '../../platform/db.ts'
import { record } from '../../platform/outbox.ts'
import type { SearchEngine } from '../../platform/search/engine.ts'
import { refreshDocumentsBetween } from '../../search/documents.ts'
import type { Board } from './boards.ts'

type Text = { source: string; html: string; text: string; version: number }
/** A question and its answer, ready to be written. */
export type NewTopic = {
  sourceId: string
  board: Board
  title: string
  excerpt: string
  tags: string[]
  url: string | null
  opening: Text
  answer: Text
}
/** Topics one batch made; their ids lie between the two ends. */
export type Added = { length: number; first: number; last: number }

/** The job that makes a batch findable when the import was killed before it could. */
export const SEARCHABLE = 'imported.searchable'

/**
 * Writes questions that are solved by their answer, all or none; those whose `sourceId` is there already are left out.
 * The job that makes them findable is recorded with them, and done by `makeSearchable` long before it is due.
 */
export async function addSolvedTopics(db: Db, authorId: number, batch: NewTopic[]): Promise<Added> {
  if (batch.length === 0) return { length: 0, first: 0, last: 0 }
  return db.transaction(async tx => {
    // Two imports of the same rows would otherwise wait for each other's.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('import'))`)
    const ids = await insertTopics(tx, authorId, batch)
    if (ids.length === 0) return { length: 0, first: 0, last: 0 }
    const added = { length: ids.length, first: Math.min(...ids), last: Math.max(...ids) }
    await tx.execute(sql`
      select graphile_worker.add_job(${SEARCHABLE}, ${JSON.stringify(added)}::text::json, job_key := ${jobKey(added)}, run_at := now() + interval '1 minute')`)
    await record(tx, 'topics.imported', { boardIds: [...new Set(batch.map(({ board }) => board.id))] })
    return added
  })
}

/** Makes a batch findable and takes its job away. Safe to repeat. */
export async function makeSearchable(db: Db, search: SearchEngine, added: Added): Promise<void> {
  if (added.length === 0) return
  await refreshDocumentsBetween(db, search, added.first, added.last)
  await db.execute(sql`select graphile_worker.remove_job(${jobKey(added)})`)
}

/** Does what imports that were killed have left. */
export async function finishSearchable(db: Db, search: SearchEngine): Promise<void> {
  const left = await db.execute<{ key: string }>(
    sql`select key from graphile_worker.jobs where task_identifier = ${SEARCHABLE} and key is not null order by id`,
  )
  for (const { key } of left) {
    const [first = 0, last = 0] = key
      .slice(SEARCHABLE.length + 1)
      .split('-')
      .map(Number)
    await makeSearchable(db, search, { length: 1, first, last })
  }
}

const jobKey = ({ first, last }: Added) => `${SEARCHABLE}:${first}-${last}`

/** One statement: ids of posts are taken first, so that topics are written whole and never touched again. */
async function insertTopics(tx: Db, authorId: number, batch: NewTopic[]): Promise<number[]> {
  const rows = batch.map(({ board, opening, answer, ...topic }) => ({
    ...topic,
    boardId: board.id,
    rootId: board.rootId,
    visibility: board.visibility,
    ...columnsOf('opening', opening),
    ...columnsOf('answer', answer),
  }))
  const inserted = await tx.execute<{ id: number }>(sql`
    with given as materialized (
      select row.*, nextval(pg_get_serial_sequence('posts', 'id')) as opening, nextval(pg_get_serial_sequence('posts', 'id')) as answer
      from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as row("sourceId" text, "boardId" bigint, "rootId" bigint, visibility text,
        title text, excerpt text, tags text[], url text, "openingSource" text, "openingHtml" text, "openingText" text, "openingVersion" int,
        "answerSource" text, "answerHtml" text, "answerText" text, "answerVersion" int)
    ), added as (
      insert into topics (board_id, root_board_id, visibility, kind, title, excerpt, tags, author_id, opening_id, best_answer_id,
        answer_count, post_count, solved_at, source_id, source_url)
      select "boardId", "rootId", visibility, 'question', title, excerpt, tags, ${authorId}::bigint, opening, answer, 1, 2, now(), "sourceId", url
      from given order by opening on conflict (source_id) do nothing returning id, board_id, opening_id
    ), written as (
      insert into posts (id, topic_id, kind, author_id, body, body_html, body_text, renderer_version) overriding system value
      select opening, added.id, 'opening', ${authorId}::bigint, "openingSource", "openingHtml", "openingText", "openingVersion"
      from added join given on opening = opening_id
      union all
      select answer, added.id, 'answer', ${authorId}::bigint, "answerSource", "answerHtml", "answerText", "answerVersion"
      from added join given on opening = opening_id
    ), counted as (
      update boards set topic_count = topic_count + topics from (select board_id, count(*)::int as topics from added group by board_id) made
      where boards.id = board_id
    )
    select id from added`)
  return inserted.map(({ id }) => Number(id))
}

function columnsOf(part: 'opening' | 'answer', { source, html, text, version }: Text): Record<string, string | number> {
  return { [`${part}Source`]: source, [`${part}Html`]: html, [`${part}Text`]: text, [`${part}Version`]: version }
}
