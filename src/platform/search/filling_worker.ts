import type { SearchDocument } from './engine.ts'
import { openersOf } from './openers.ts'
import { rowsOf, textOf } from './putting.ts'

/** The rows of some documents for each table, in the text form of COPY. */
export type CopiedRows = { documents: string; texts: string; openers: string }

/** A thread of `fillBeside`: cuts documents into rows. */
export default function copyRows(documents: SearchDocument[]): CopiedRows {
  const copied: CopiedRows = { documents: '', texts: '', openers: '' }
  const titles = new Map<string, string>()
  for (const document of documents) {
    for (const { id, part, group, visibility, tags, at, words, helpful, boost, tv } of rowsOf(document))
      copied.documents += lineOf([id, part, group, visibility, arrayOf(tags), at, words, helpful, boost, tv])
    const { title, text } = textOf(document)
    copied.texts += lineOf([document.id, title, text])
    titles.set(document.group, document.title)
  }
  for (const [group, title] of titles) for (const key of openersOf(title)) copied.openers += lineOf([group, key])
  return copied
}

function lineOf(values: (string | number)[]): string {
  return `${values.map(value => (typeof value === 'string' ? value.replace(/[\\\n\r\t]/g, escaped) : value)).join('\t')}\n`
}

function escaped(letter: string): string {
  return letter === '\\' ? '\\\\' : ({ '\n': '\\n', '\r': '\\r', '\t': '\\t' }[letter] ?? letter)
}

function arrayOf(values: string[]): string {
  return `{${values.map(value => `"${value.replace(/["\\]/g, '\\$&')}"`).join(',')}}`
}
