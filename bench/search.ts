// `npm run bench:search`: how well search finds, beside simpler designs and published figures; with `-- --documents 1000000` also how
// fast it is at that size, and how long it takes to build.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Database, openDatabase } from '../src/platform/db.ts'
import { startEmbeddedPostgres } from '../src/platform/embedded_postgres.ts'
import { migrate } from '../src/platform/migrate.ts'
import type { SearchEngine } from '../src/platform/search/engine.ts'
import { fillBeside } from '../src/platform/search/filling.ts'
import { createPostgresSearch } from '../src/platform/search/postgres.ts'
import { weighQuery } from '../src/platform/search/query.ts'
import { quoteTerm } from '../src/platform/search/vector.ts'
import seedSynonyms from '../src/search/seed_synonyms.json' with { type: 'json' }
import { cores, isPinned, pinSelf } from './processes.ts'
import { type Baseline, bigrams, bm25, english, ranked } from './search_baselines.ts'
import { type Collection, type Document, loadCollections } from './search_collections.ts'
import { openDatabaseCpu, ownCpu } from './search_cpu.ts'
import { findsImported, importFaqs } from './search_import.ts'
import { openChance, queryText, sentences, title } from './text.ts'

const { values } = parseArgs({ options: { documents: { type: 'string', default: '0' }, questions: { type: 'string', default: '5000' } } })
const documents = Number(values.documents)
const mostQuestions = Number(values.questions)
const mostNaive = 20
const batch = 200
const published = `
published on localgovFAQ, all 748 queries, recall@10: Elastic BM25 with Kuromoji .600, multilingual-e5-small .642,
text-embedding-3-small .710; MRR: BERT .596, TSUBAKI+BERT .720 (Sakata et al., SIGIR 2019)`
const quiet = { info: () => {}, warn: (message: string) => console.warn(message) }

// The goals at a million documents are for one core: this process and PostgreSQL share it.
if (documents > 0) pinSelf(cores[0])
const dataDir = mkdtempSync(join(tmpdir(), 'hiroba-bench-search-'))
const server = await startEmbeddedPostgres({ dataDir, log: quiet, settings: { fsync: 'off', maintenance_work_mem: '512MB' } })
const database = openDatabase(server.url, { max: 4 })
const databaseCpu = openDatabaseCpu(dataDir)
const none = 'search_documents, search_texts, search_openers, search_readings, search_thesaurus, search_terms, search_figures'
try {
  await migrate(server.url)
  const { found, absent } = loadCollections()
  for (const name of absent) console.log(`${name}: not on this machine, left out`)
  for (const collection of found) await measureQuality(database, collection)
  const faqs = found.find(({ file }) => file)
  if (faqs) await measureImport(database, faqs)
  console.log(published)
  if (documents > 0) await measureScale(database, found[0])
} finally {
  await database.close()
  await server.stop()
  rmSync(dataDir, { recursive: true, force: true })
}

async function measureQuality({ db, sql }: Database, collection: Collection): Promise<void> {
  const engine = createPostgresSearch(db)
  await sql`drop table if exists bigrams, english`
  await sql.unsafe(`truncate ${none}`)
  await engine.setSynonyms(seedSynonyms)
  const fill = await timed(() => fillEngine(engine, collection.documents))
  const isEnglish = collection.name === 'Fastify docs'
  const plain = isEnglish ? await english(sql, collection.documents) : await bigrams(sql, collection.documents)
  console.log(
    `\n${collection.name}: ${collection.documents.length} documents, put in ${(fill / collection.documents.length).toFixed(2)} ms each`,
  )
  console.log('design                        MRR@10  hit@1 hit@10 recall@10   p50 ms  p95 ms  its CPU')
  const simple = await measure(collection, isEnglish ? 'english, ts_rank' : 'bigrams, ts_rank', plain)
  const inMemory = await measure(collection, 'BM25 in memory, our terms', bm25(collection.documents))
  const fresh = await measure(collection, 'this engine, never refreshed', finds(engine))
  await engine.refresh()
  const ours = await measure(collection, 'this engine', finds(engine))
  if (isEnglish) hold('MRR against PostgreSQL english', ours.mrr / simple.mrr, 1)
  else if (collection.name === 'localgovFAQ') hold('MRR against bigrams', ours.mrr / simple.mrr, 2)
  hold('MRR against BM25 in memory', ours.mrr / inMemory.mrr, 0.98)
  hold('MRR before the first refresh against after', fresh.mrr / ours.mrr, 0.98)
}

/** The same questions to the forum as its operator fills it: `hiroba import faq`, then a search for topics. */
async function measureImport({ db, sql }: Database, collection: Collection): Promise<void> {
  await sql.unsafe(`truncate ${none}`)
  importFaqs(server.url, join(dataDir, 'forum'), collection.file ?? '')
  const engine = createPostgresSearch(db)
  await measure(collection, 'through hiroba import faq', await findsImported(sql, engine))
}

async function measureScale({ db, sql }: Database, collection?: Collection): Promise<void> {
  const engine = createPostgresSearch(db)
  await sql.unsafe(`truncate ${none}`)
  await engine.setSynonyms(seedSynonyms)
  console.log(`\n${documents} made documents of 400 letters${collection ? ` and those of ${collection.name}` : ''}`)
  const [mine, its] = [ownCpu(), databaseCpu()]
  const filled = await timed(() => fillBeside(sql, madeBatches()))
  const perSecond = documents / (filled / 1000)
  const [here, there] = [ownCpu() - mine, databaseCpu() - its]
  console.log(
    `built anew ${isPinned ? 'on one core' : ''} in ${seconds(filled)}, ${perSecond.toFixed(0)} a second; of a processor's time ${seconds(here)} here and ${seconds(there)} in PostgreSQL, so ${(documents / ((here + there) / 1000)).toFixed(0)} for each second of it`,
  )
  hold('documents a second, built anew', perSecond, 3_000)
  if (collection) await fillEngine(engine, collection.documents)
  console.log(`figures and readings refreshed in ${seconds(await timed(() => engine.refresh()))}`)
  await unhurried(sql, 'vacuum analyze search_documents, search_openers, search_terms')
  const before = databaseCpu()
  const one = await timed(async () => {
    for (let id = 0; id < 100; id++) await engine.put([documentOf(madeDocument(id), true)])
  })
  console.log(`one document put anew: ${(one / 100).toFixed(2)} ms, CPU of PostgreSQL ${((databaseCpu() - before) / 100).toFixed(2)} ms`)
  hold('one document in 5 ms, times', 5 / (one / 100), 1)
  await measureSuggestions(engine)
  console.log('design                        MRR@10  hit@1 hit@10 recall@10   p50 ms  p95 ms  its CPU')
  const talk = {
    name: 'made',
    documents: [],
    questions: Array.from({ length: 100 }, (_, at) => ({ text: queryText(at), relevant: new Set('-') })),
  }
  const naive: Baseline = text => ranked(sql, 'search_documents', [...weighQuery(text).weights.keys()].map(quoteTerm).join('|'))
  const slow = await measure({ ...talk, questions: talk.questions.slice(0, mostNaive) }, 'naive OR, common searches', naive)
  const fast = await measure(talk, 'this engine, common searches', finds(engine))
  console.log(`p50 is 1/${(slow.p50 / fast.p50).toFixed(0)} of the naive OR`)
  hold('p95 in 60 ms, times', 60 / fast.p95, 1)
  if (!collection) return
  const slowAsked = await measure({ ...collection, questions: collection.questions.slice(0, mostNaive) }, 'naive OR, questions', naive)
  const all = await measure(
    { ...collection, questions: collection.questions.slice(0, 100) },
    'all scored, questions',
    finds(createPostgresSearch(db, { budget: 1e9 })),
  )
  const ours = await measure({ ...collection, questions: collection.questions.slice(0, 100) }, 'this engine, questions', finds(engine))
  hold('p50 of the naive OR against ours', slowAsked.p50 / ours.p50, 50)
  hold('MRR above full scoring less 0.01', ours.mrr - all.mrr, -0.01)
}

/** What somebody sees while he types a hundred queries, letter by letter. */
async function measureSuggestions(engine: SearchEngine): Promise<void> {
  const times: number[] = []
  const cpu = databaseCpu()
  for (let at = 0; at < 100; at++) {
    const letters = [...queryText(at)].slice(0, 8)
    for (let length = 1; length <= letters.length; length++) {
      const typed = letters.slice(0, length).join('')
      times.push(await timed(async () => engine.suggest?.(typed, { visibility: ['public'], limit: 6 })))
    }
  }
  times.sort((a, b) => a - b)
  const [p50 = 0, p95 = 0] = [times[Math.floor(times.length * 0.5)], times[Math.floor(times.length * 0.95)]]
  console.log(
    `suggestions for ${times.length} beginnings: p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, CPU of PostgreSQL ${((databaseCpu() - cpu) / times.length).toFixed(1)} ms each`,
  )
  hold('suggestions in 20 ms at p95, times', 20 / p95, 1)
}

type Measured = { mrr: number; p50: number; p95: number }

/** Asks every question and prints a line. Recall@10 is the relevant ones found among ten, of as many as could be. */
async function measure(collection: Collection, name: string, find: Baseline): Promise<Measured> {
  const sum = { mrr: 0, first: 0, ten: 0, recall: 0 }
  const times: number[] = []
  const questions = collection.questions.slice(0, mostQuestions)
  const cpu = databaseCpu()
  for (const { text, relevant } of questions) {
    let ids: string[] = []
    times.push(await timed(async () => (ids = await find(text))))
    const rank = ids.findIndex(id => relevant.has(id)) + 1
    if (rank > 0) sum.mrr += 1 / rank
    if (rank === 1) sum.first++
    if (rank > 0) sum.ten++
    sum.recall += ids.filter(id => relevant.has(id)).length / Math.min(10, relevant.size)
  }
  const each = (databaseCpu() - cpu) / questions.length
  times.sort((a, b) => a - b)
  const p50 = times[Math.floor(times.length * 0.5)] ?? 0
  const p95 = times[Math.floor(times.length * 0.95)] ?? 0
  const shares = [sum.mrr, sum.first, sum.ten, sum.recall].map(value => (value / questions.length).toFixed(3).padStart(6))
  console.log(
    `${name.padEnd(29)} ${shares.join(' ')}    ${p50.toFixed(1).padStart(7)} ${p95.toFixed(1).padStart(7)} ${each.toFixed(1).padStart(8)}`,
  )
  return { mrr: sum.mrr / questions.length, p50, p95 }
}

function finds(engine: SearchEngine): Baseline {
  return async text => (await engine.search({ text, visibility: ['public'], limit: 10, distinct: true })).hits.map(hit => hit.id)
}

async function fillEngine(engine: SearchEngine, all: Document[]): Promise<void> {
  for (let start = 0; start < all.length; start += batch) await engine.put(all.slice(start, start + batch).map(one => documentOf(one)))
}

function documentOf({ id, title, body }: Document, solved = false) {
  return { id, group: id, title, body, visibility: 'public', filters: { solved }, createdAt: new Date(0) }
}

function madeDocument(index: number): Document {
  const chance = openChance(index)
  return { id: `made-${index}`, title: title(chance), body: sentences(chance, 400) }
}

async function* madeBatches() {
  for (let start = 0; start < documents; start += batch) {
    const length = Math.min(batch, documents - start)
    yield Array.from({ length }, (_, index) => documentOf(madeDocument(start + index)))
  }
}

/** A statement that may take longer than a forum's should. */
async function unhurried(sql: Database['sql'], statement: string): Promise<void> {
  const connection = await sql.reserve()
  await connection.unsafe('set statement_timeout = 0')
  await connection.unsafe(statement)
  await connection.unsafe('reset statement_timeout')
  connection.release()
}

function hold(what: string, figure: number, mark: number): void {
  console.log(`${figure >= mark ? 'held  ' : 'MISSED'} ${what}: ${figure.toFixed(3)} (mark ${mark})`)
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}
