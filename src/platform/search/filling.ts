import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type postgres from 'postgres'
import type { SearchDocument } from './engine.ts'
import type { CopiedRows } from './filling_worker.ts'

/** The tables of the index, and the columns that are copied, in order. */
const tables = {
  documents: { name: 'search_documents', columns: 'id, part, group_id, visibility, tags, created_at, words, helpful, boost, tv' },
  texts: { name: 'search_texts', columns: 'id, title, text' },
  openers: { name: 'search_openers', columns: 'group_id, key' },
}

/**
 * Builds the index from nothing beside the one that answers, some times as fast as putting, and swaps the two in one transaction; what
 * was put or removed meanwhile is carried over. Each document is given once; `batches` are of some hundreds. Killed, it leaves what
 * was there as it was. One at a time: the caller sees to that. Returns how many documents there are.
 */
export async function fillBeside(sql: postgres.Sql, batches: AsyncIterable<SearchDocument[]>): Promise<number> {
  await openBeside(sql)
  try {
    const count = await copyAll(sql, batches)
    await sql.begin(tx => indexBeside(tx))
    await sql.begin(tx => swap(tx))
    return count
  } finally {
    await sql.begin(tx => clearAway(tx))
  }
}

async function openBeside(sql: postgres.Sql): Promise<void> {
  await sql.begin(async tx => {
    await clearAway(tx)
    for (const { name } of Object.values(tables))
      await tx.unsafe(`create table ${name}_new (like ${name} including defaults including storage)`)
    await tx.unsafe('alter table search_documents_new set (toast_tuple_target = 8160)')
    await tx.unsafe('alter table search_documents_new alter column tv set statistics 0')
    await tx.unsafe('create table search_changes (id text, group_id text)')
    await tx.unsafe(`create function search_changed() returns trigger language plpgsql as $$ begin
      if tg_table_name = 'search_texts' then insert into search_changes (id) values (coalesce(new.id, old.id));
      else insert into search_changes values (coalesce(new.id, old.id), coalesce(new.group_id, old.group_id)); end if;
      return null; end $$`)
    for (const name of ['search_documents', 'search_texts'])
      await tx.unsafe(
        `create trigger search_changed after insert or update or delete on ${name} for each row execute function search_changed()`,
      )
  })
}

/** Cuts documents into rows in threads and copies them into the three tables, each at its own pace. */
async function copyAll(sql: postgres.Sql, batches: AsyncIterable<SearchDocument[]>): Promise<number> {
  const threads = availableParallelism()
  const { Piscina } = await import('piscina')
  const pool = new Piscina<SearchDocument[], CopiedRows>({
    filename: new URL('./filling_worker.ts', import.meta.url).href,
    maxThreads: threads,
    execArgv: [],
    env: {},
  })
  const kinds = Object.keys(tables) as (keyof typeof tables)[]
  // One that fails before its copy has begun has nobody else to hear of it.
  const streams = kinds.map(() => new PassThrough().on('error', () => {}))
  const copies = kinds.map((kind, index) => copyFrom(sql, streams[index], `${tables[kind].name}_new (${tables[kind].columns})`))
  // Who writes hears of a failed copy by its stream; it is told at the end.
  for (const copy of copies) copy.catch(() => {})
  let count = 0
  const write = async (work: Promise<CopiedRows>) => {
    const rows = await work
    await Promise.all(kinds.map((kind, index) => writeTo(streams[index], rows[kind])))
  }
  try {
    const waiting: Promise<CopiedRows>[] = []
    for await (const batch of batches) {
      count += batch.length
      const work = pool.run(batch)
      work.catch(() => {})
      waiting.push(work)
      if (waiting.length > threads + 1) await write(waiting.shift() as Promise<CopiedRows>)
    }
    for (const work of waiting) await write(work)
    for (const stream of streams) stream.end()
    await Promise.all(copies)
  } catch (error) {
    for (const stream of streams) stream.destroy(error as Error)
    await Promise.allSettled(copies)
    throw error
  } finally {
    await pool.destroy()
  }
  return count
}

/** On a connection of its own, for as long as it takes. */
async function copyFrom(sql: postgres.Sql, stream: PassThrough | undefined, into: string): Promise<void> {
  const connection = await sql.reserve()
  try {
    await connection.unsafe('set statement_timeout = 0')
    await pipeline(stream ?? [], await connection.unsafe(`copy ${into} from stdin`).writable())
  } finally {
    await connection.unsafe('reset statement_timeout').catch(() => {})
    connection.release()
  }
}

async function writeTo(stream: PassThrough | undefined, text: string): Promise<void> {
  if (text && stream && !stream.write(text)) await once(stream, 'drain')
}

async function indexBeside(tx: postgres.TransactionSql): Promise<void> {
  await tx.unsafe("set local statement_timeout = 0; set local maintenance_work_mem = '512MB'").simple()
  for (const { name } of Object.values(tables)) {
    const indexes = await tx<{ name: string; definition: string; isKey: boolean; key: string }[]>`
      select c.relname as name, pg_get_indexdef(i.indexrelid) as definition, i.indisprimary as "isKey",
        (select pg_get_constraintdef(k.oid) from pg_constraint k where k.conindid = i.indexrelid) as key
      from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = ${name}::regclass`
    for (const index of indexes)
      if (index.isKey) await tx.unsafe(`alter table ${name}_new add constraint ${index.name}_new ${index.key}`)
      else
        await tx.unsafe(
          index.definition.replace(`INDEX ${index.name} ON `, `INDEX ${index.name}_new ON `).replace(`.${name} `, `.${name}_new `),
        )
    await tx.unsafe(`analyze ${name}_new`)
  }
}

async function swap(tx: postgres.TransactionSql): Promise<void> {
  await tx.unsafe('set local statement_timeout = 0')
  await tx.unsafe(`lock table search_documents, search_texts, search_openers in access exclusive mode`)
  const changedBy = { documents: 'id in (select id from search_changes)', texts: 'id in (select id from search_changes)' }
  const groups = 'group_id in (select group_id from search_changes)'
  for (const [kind, { name, columns }] of Object.entries(tables)) {
    const changed = changedBy[kind as keyof typeof changedBy] ?? groups
    await tx.unsafe(`delete from ${name}_new where ${changed}`)
    await tx.unsafe(`insert into ${name}_new (${columns}) select ${columns} from ${name} where ${changed}`)
    const indexes = await tx<{ name: string }[]>`
      select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = ${name}::regclass`
    await tx.unsafe(`drop table ${name}`)
    await tx.unsafe(`alter table ${name}_new rename to ${name}`)
    for (const index of indexes) await tx.unsafe(`alter index ${index.name}_new rename to ${index.name}`)
  }
}

async function clearAway(tx: postgres.TransactionSql): Promise<void> {
  for (const { name } of Object.values(tables)) await tx.unsafe(`drop table if exists ${name}_new`)
  for (const name of ['search_documents', 'search_texts']) await tx.unsafe(`drop trigger if exists search_changed on ${name}`)
  await tx.unsafe('drop function if exists search_changed(); drop table if exists search_changes').simple()
}
