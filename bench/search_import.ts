import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type postgres from 'postgres'
import type { SearchEngine } from '../src/platform/search/engine.ts'
import type { Baseline } from './search_baselines.ts'

/** Runs `hiroba import faq` on a file, as an operator would, into the database at `url`. */
export function importFaqs(url: string, dataDir: string, file: string): void {
  const cli = join(import.meta.dirname, '../src/cli.ts')
  const env = { PATH: process.env.PATH, DATABASE_URL: url, DATA_DIR: dataDir, LOG_LEVEL: 'error' }
  execFileSync(process.execPath, [cli, 'import', 'faq', file], { env, stdio: ['ignore', 'inherit', 'inherit'] })
}

/** Finds topics and gives the ids they had in the file. */
export async function findsImported(sql: postgres.Sql, engine: SearchEngine): Promise<Baseline> {
  const rows = await sql<{ id: string; source: string }[]>`select id::text, source_id as source from topics where source_id is not null`
  const sources = new Map(rows.map(({ id, source }) => [id, source.slice(source.indexOf('/') + 1)]))
  return async text => {
    const { hits } = await engine.search({ text, visibility: ['public'], limit: 10, distinct: true })
    return hits.map(hit => sources.get(hit.group) ?? '')
  }
}
