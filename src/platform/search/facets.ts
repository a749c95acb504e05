import { type SQL, sql } from 'drizzle-orm'
import type { SearchQuery } from './engine.ts'
import { storable, tagsOf } from './putting.ts'

/** Values of one facet that are told: the most frequent. */
const mostValues = 50

/** Filters that are counted themselves, in the order of their flags. */
function counted({ filters = {}, facets = [] }: SearchQuery): string[] {
  return Object.keys(filters).filter(name => facets.includes(name))
}

/** Whether a row passes each filter that is a facet too: its own counts go without it. */
export function flagsOf(query: SearchQuery): SQL {
  const flags = counted(query).map(name => sql`tags && ${sql.param(tagsOf(name, query.filters?.[name] ?? []))}::text[]`)
  return sql`array[${sql.join(flags, sql`, `)}]::boolean[]`
}

/** For each facet its values with how many results have them, as one JSON value; null when none was asked for. */
export function facetsOf(query: SearchQuery, key: SQL): SQL {
  const names = [...new Set(query.facets)]
  if (names.length === 0) return sql`null::jsonb`
  return sql`jsonb_build_object(${sql.join(
    names.map(name => sql`${name}::text, ${valuesOf(query, name, key)}`),
    sql`, `,
  )})`
}

function valuesOf(query: SearchQuery, name: string, key: SQL): SQL {
  const start = storable(`${name}=`)
  const others = counted(query).flatMap((other, index) => (other === name ? [] : sql`and flags[${sql.raw(String(index + 1))}]`))
  return sql`(
    select coalesce(jsonb_object_agg(value, results), '{}') from (
      select substr(tag, ${start.length + 1}) as value, count(distinct ${key})::int as results from fit, unnest(tags) as tag
      where starts_with(tag, ${start}::text) ${sql.join(others, sql` `)} group by 1 order by 2 desc, 1 limit ${mostValues}
    ) each)`
}
