import type { SearchFilters, SearchQuery } from '../engine.ts'

type Narrowed = Pick<SearchQuery, 'visibility' | 'filters' | 'since' | 'until'> & { exceptGroup?: string }

/**
 * What a query may find, as Meilisearch's filter: conditions that all have to hold. Who may see comes first and is always there.
 * Every value is quoted; comparison is by letters of any case.
 */
export function filterOf({ visibility, filters = {}, since, until, exceptGroup }: Narrowed): string[] {
  return [
    anyOf('visibility', visibility),
    ...Object.entries(filters).map(([name, value]) => anyOf(`filters.${named(name)}`, valuesOf(value))),
    ...(since ? [`createdAt >= ${since.getTime()}`] : []),
    ...(until ? [`createdAt < ${until.getTime()}`] : []),
    ...(exceptGroup === undefined ? [] : [`group != ${quoted(exceptGroup)}`]),
  ]
}

/** One group alone. */
export const groupFilter = (group: string) => `group = ${quoted(group)}`

/** Nothing can be found: an empty list of what may be seen, or of values to choose among. */
export function findsNothing({ visibility, filters = {} }: Narrowed): boolean {
  return visibility.length === 0 || Object.values(filters).some(value => valuesOf(value).length === 0)
}

function anyOf(attribute: string, values: readonly string[]): string {
  return `${attribute} IN [${values.map(quoted).join(', ')}]`
}

/**
 * A value in double quotes. Meilisearch ends it at the first quote without a backslash, then reads backslashes once more: with both
 * escaped, no value can end early or be read as anything else.
 */
function quoted(value: string): string {
  return `"${value.toWellFormed().replace(/[\\"]/g, '\\$&')}"`
}

/** Names are ours, not a reader's; one that is no plain word is a mistake in the code. */
function named(name: string): string {
  if (!/^\w+$/.test(name)) throw new Error(`${name} is no name of a filter`)
  return name
}

function valuesOf(value: SearchFilters[string]): string[] {
  return (typeof value === 'object' ? [...value] : [value]).map(String)
}
