import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../db.ts'
import type { SearchQuery, Suggestion } from './engine.ts'
import { openerKey } from './openers.ts'
import { tagsOf } from './putting.ts'
import { romajiToKana } from './spelling.ts'

/** Titles looked at for one that is typed. */
const mostLookedAt = 200
/** Letters of kana from which on words that are read so are looked up, and how many of them. */
const leastRead = 2
const mostRead = 10
const last = '\u{10ffff}'

/**
 * Titles that begin like what is typed or have words that do, also when it is typed in kana or romaji for kanji; of several words
 * each has to begin one of the title's. Those that helped most come first.
 */
export async function suggestTitles(
  db: Db,
  typed: string,
  query: Pick<SearchQuery, 'visibility' | 'filters' | 'limit'>,
): Promise<Suggestion[]> {
  const words = typed.slice(0, 100).trim().split(/\s+/u).map(openerKey).filter(Boolean).slice(0, 4)
  const [main = '', ...others] = words.toSorted((a, b) => b.length - a.length)
  if (!main || query.visibility.length === 0 || query.limit < 1) return []
  const rows = await db.execute<Suggestion>(sql`
    with starts as materialized (
      select start from unnest(${sql.param(spellingsOf(main))}::text[]) as start
      union all
      (select r.term from unnest(${sql.param(spellingsOf(main))}::text[]) as kana, lateral (
          select term from search_readings where reading >= kana and reading < kana || ${last} order by reading limit ${mostLookedAt}
        ) r join search_terms t on t.term = r.term
        where length(kana) >= ${leastRead} order by t.rows desc limit ${mostRead})
    ), near as (
      select distinct on (o.group_id) o.group_id from starts, lateral (
        select group_id from search_openers o where o.key >= start and o.key < start || ${last} ${sql.join(others.map(alsoBegins), sql` `)}
        order by o.key limit ${mostLookedAt}
      ) o
    )
    select group_id as "group", title from (
      select distinct on (d.group_id) d.group_id, t.title, d.helpful, d.boost, d.created_at
      from near join search_documents d on d.group_id = near.group_id and d.part = 0 join search_texts t on t.id = d.id
      where d.visibility = any(${sql.param([...query.visibility])}::text[]) ${filtersOf(query)}
      order by d.group_id, d.helpful desc
    ) found order by helpful desc, boost desc, created_at desc, group_id limit ${query.limit}`)
  return [...rows]
}

/** As typed, and as its romaji say; the letters of a syllable that is not finished yet are left out. */
function spellingsOf(word: string): string[] {
  const kana = romajiToKana(word) ?? romajiToKana(word.replace(/[bcdfghjklmnpqrstvwxyz]{1,2}$/, ''))
  return kana ? [word, openerKey(kana.hiragana)] : [word]
}

function alsoBegins(word: string): SQL {
  return sql`and exists (
    select from search_openers also where also.group_id = o.group_id and also.key >= ${word} and also.key < ${`${word}${last}`})`
}

function filtersOf({ filters = {} }: Pick<SearchQuery, 'filters'>): SQL {
  return sql.join(
    Object.entries(filters).map(([name, value]) => sql`and d.tags && ${sql.param(tagsOf(name, value))}::text[]`),
    sql` `,
  )
}
