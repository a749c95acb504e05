import type { TermKind } from './term.ts'
import { eachTerm, normalise } from './terms.ts'

/** What somebody may be typing who wants a title: it, from each of its words on, as `openerKey` spells it. */
export function openersOf(title: string): string[] {
  const text = normalise(title.slice(0, longestTitle))
  const starts = new Set<number>([text.search(letter)])
  eachTerm(text, (_, kind, at) => {
    if (opens.has(kind)) starts.add(at)
  })
  const keys = new Set<string>()
  for (const at of [...starts].sort((a, b) => a - b)) {
    const key = keyOf(text.slice(Math.max(0, at), at + longestKey * 2))
    if (key) keys.add(key)
    if (keys.size === mostKeys) break
  }
  return [...keys]
}

/** One spelling for what is typed and what is there: hiragana, no long vowel marks, no spaces or signs. */
export function openerKey(text: string): string {
  return keyOf(normalise(text))
}

function keyOf(normal: string): string {
  const letters = normal.replace(unspoken, '').replace(katakana, toHiragana)
  return letters.slice(0, longestKey).toWellFormed()
}

/** Katakana and hiragana of the same sound lie 96 apart. */
export function toHiragana(letter: string): string {
  return String.fromCharCode(letter.charCodeAt(0) - 0x60)
}

const opens: ReadonlySet<TermKind> = new Set(['word', 'latin', 'katakana', 'hiragana'])
const letter = /[\p{L}\p{N}]/u
const unspoken = /[^\p{L}\p{N}\p{M}]|\u30fc/gu
export const katakana = /[\u30a1-\u30f6]/g
const longestTitle = 200
const longestKey = 16
const mostKeys = 8
