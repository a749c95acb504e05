import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../db.ts'
import { exchangesOf, halvesOf, isOneEdit, kanaToKatakana, kanaWords, respell, romajiToKana, type Suspect, suspectsIn } from './spelling.ts'
import { quoteTerm } from './vector.ts'

/** Another spelling of a word: `isMistake` when nothing has the word itself. */
export type OtherSpelling = { own: string; other: string; isMistake: boolean }

/** How the words of a query are spelled in the collection: kana in kanji and back, romaji in kana, and one typing error mended. */
export async function findSpellings(db: Db, normal: string, words: readonly string[]): Promise<OtherSpelling[]> {
  const suspects = suspectsIn(normal)
  const latin = words.flatMap(word => romajiToKana(word) ?? []).length
  if (suspects.length === 0 && latin === 0) return findReadings(db, normal, words)
  const [readings, mistakes] = await Promise.all([findReadings(db, normal, words), findMistakes(db, suspects, normal)])
  return [...mistakes, ...readings]
}

type Row = { own: string; other: string; rows: number }

async function findReadings(db: Db, normal: string, words: readonly string[]): Promise<OtherSpelling[]> {
  const kana = kanaWords(normal)
  const katakana = kana.map(own => ({ own, other: kanaToKatakana(own) }))
  const kanji = words.filter(word => hasKanji.test(word))
  if (kana.length === 0 && kanji.length === 0) return []
  const rows = await db.execute<Row>(sql`
    select r.reading as own, r.term as other, t.rows from search_readings r join search_terms t on t.term = r.term
    where r.reading = any(${textArray(kana)})
    union all
    select r.term, r.reading, t.rows from search_readings r join search_terms t on t.term = r.reading
    where r.term = any(${textArray(kanji)}) and r.reading <> ''
    union all
    select own, other, t.rows from jsonb_to_recordset(${JSON.stringify(katakana)}::text::jsonb) as k(own text, other text)
      join search_terms t on t.term = other`)
  const found = [...rows].sort((a, b) => b.own.length - a.own.length || b.rows - a.rows)
  // Of the beginnings of one run only the longest that is a word is meant.
  const meant = found.filter(({ own }) => !found.some(longer => longer.own !== own && longer.own.startsWith(own)))
  return meant.map(({ own, other }) => ({ own, other, isMistake: false }))
}

/** Words that no row has, and what they were meant as: a word one edit away, or what their romaji say. */
async function findMistakes(db: Db, suspects: readonly Suspect[], normal: string): Promise<OtherSpelling[]> {
  const romaji = [...normal.matchAll(/[a-z-]{4,}/g)].flatMap(([word]) => ({
    written: word,
    term: word,
    isKana: false,
    kana: romajiToKana(word),
  }))
  const asked = [...suspects, ...romaji.filter(({ kana, term }) => kana && !suspects.some(other => other.written === term))]
  if (asked.length === 0) return []
  const rows = await db.execute<Row>(sql`${sql.join(asked.map(nearOf), sql` union all `)}`)
  return asked.flatMap(suspect => {
    const near = rows.filter(({ own }) => own === suspect.term)
    const kana = romajiToKana(suspect.written)
    const meant = near.filter(({ other }) => isOneEdit(suspect.term, other) || other === kana?.katakana || (kana && hasKanji.test(other)))
    const best = meant.sort((a, b) => b.rows - a.rows)[0]
    if (!best) return []
    const other = isOneEdit(suspect.term, best.other) ? respell(suspect, best.other) : best.other
    return { own: suspect.written, other, isMistake: true }
  })
}

/**
 * Terms with the same first or last half, and what is read like the word, the most frequent first; none if the word itself is there.
 * The rows are only looked at where the kept terms do not have it: for a frequent word that would take longer than the search.
 */
function nearOf({ term, written, isKana }: Suspect): SQL {
  const { head, tail } = halvesOf(term)
  const kana = isKana ? undefined : romajiToKana(written)
  const length = sql`length(term) between ${term.length - 1} and ${term.length + 1}`
  return sql`(
    select ${term}::text as own, term as other, rows from (
      select term, rows from search_terms
        where term collate "C" >= ${head} and term collate "C" < ${`${head}${last}`} and ${length}
      union
      select term, rows from search_terms
        where reverse(term) collate "C" >= ${tail} and reverse(term) collate "C" < ${`${tail}${last}`} and ${length}
      union
      select term, rows from search_terms where term = any(${textArray([kana?.katakana ?? '', ...exchangesOf(term)])})
      union
      select t.term, t.rows from search_readings r join search_terms t on t.term = r.term where r.reading = ${kana?.hiragana ?? ' '}
    ) near
    where not exists (select from search_terms where term = ${term})
      and not exists (select from search_documents where tv @@ ${quoteTerm(term)}::tsquery)
    order by rows desc limit ${mostNear})`
}

const hasKanji = /\p{Script=Han}/u
const last = '\u{10ffff}'
const mostNear = 500

function textArray(values: readonly string[]): SQL {
  return sql`${sql.param([...values])}::text[]`
}
