import { sql } from 'drizzle-orm'
import type { Db } from '../db.ts'
import type { SynonymGroup } from './engine.ts'
import { readySynonyms, type Synonyms } from './synonyms.ts'

/** Says what means the same from now on, to all processes. */
export async function keepSynonyms(db: Db, groups: readonly SynonymGroup[]): Promise<void> {
  await db.execute(sql`
    insert into search_synonyms as s (id, groups, version) values (1, ${JSON.stringify(groups)}::text::jsonb, 1)
    on conflict (id) do update set groups = excluded.groups, version = s.version + 1 where s.groups is distinct from excluded.groups`)
}

/** What was said last. */
export async function listSynonyms(db: Db): Promise<SynonymGroup[]> {
  const [row] = await db.execute<{ groups: SynonymGroup[] }>(sql`select groups from search_synonyms`)
  return row?.groups ?? []
}

/** The synonyms as a process holds them: those it has, read again when told of another version. */
export type SynonymsKeeper = (version: number) => Promise<Synonyms>

const none: Synonyms = { of: new Map(), longest: 0 }

export function synonymsKeeper(db: Db): SynonymsKeeper & { now: () => Synonyms } {
  let kept = { version: 0, synonyms: none }
  const keeper = async (version: number) => {
    if (version === kept.version) return kept.synonyms
    const [row] = await db.execute<{ groups: SynonymGroup[]; version: number }>(sql`select groups, version from search_synonyms`)
    kept = row ? { version: Number(row.version), synonyms: readySynonyms(row.groups) } : { version: 0, synonyms: none }
    return kept.synonyms
  }
  return Object.assign(keeper, { now: () => kept.synonyms })
}
