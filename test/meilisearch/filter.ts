import type { Stored } from './indexes.ts'

/**
 * Reads a filter by the grammar in Meilisearch's documentation («Filter expression reference»), as far as it is used here: a condition is
 * `attribute OPERATOR value` with =, !=, >=, < or IN, a value is a word or stands in double quotes with \ before a quote or a \. What
 * does not follow it is refused, as it would be there.
 */
export function readFilter(filter: unknown): (document: Stored) => boolean {
  const conditions = Array.isArray(filter) ? filter : [filter]
  const tests = conditions.map(condition => {
    if (typeof condition !== 'string') throw new WrongFilter(`a condition is text: ${JSON.stringify(condition)}`)
    return readCondition(condition)
  })
  return document => tests.every(test => test(document))
}

export class WrongFilter extends Error {}

const condition = /^([\w.]+) (IN \[(.*)\]|(=|!=|>=|<) (.*))$/s
const value = /\s*(?:"((?:[^"\\]|\\[\\"])*)"|([\w.-]+))\s*(?:,|$)/sy

function readCondition(text: string): (document: Stored) => boolean {
  const [, attribute, , list, operator, single] = condition.exec(text) ?? []
  if (!attribute) throw new WrongFilter(text)
  const wanted = readValues(list ?? single ?? '')
  if (operator && wanted.length !== 1) throw new WrongFilter(text)
  const first = wanted[0] ?? ''
  if (operator === '>=') return document => valuesAt(document, attribute).some(known => Number(known) >= Number(first))
  if (operator === '<') return document => valuesAt(document, attribute).some(known => Number(known) < Number(first))
  // Equality of texts knows no upper and lower case.
  const isOne = (document: Stored) =>
    valuesAt(document, attribute).some(known => wanted.some(one => one.toLowerCase() === known.toLowerCase()))
  return operator === '!=' ? document => !isOne(document) : isOne
}

function readValues(text: string): string[] {
  const values: string[] = []
  value.lastIndex = 0
  while (value.lastIndex < text.length) {
    const match = value.exec(text)
    if (!match) throw new WrongFilter(text)
    values.push(match[1]?.replace(/\\([\\"])/g, '$1') ?? match[2] ?? '')
  }
  return values
}

/** The values of a field, also of one inside another: `filters.board`. */
export function valuesAt(document: Stored, attribute: string): string[] {
  const found = attribute.split('.').reduce<unknown>((part, name) => (part as Stored | undefined)?.[name], document)
  return [found ?? []].flat().map(String)
}
