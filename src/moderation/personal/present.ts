import type { Translate } from '../../platform/i18n.ts'
import { findPersonal } from './finding.ts'

/** A form's words with the personal data in them marked, what kinds there are, and whether it can be shown at all. */
export function presentPersonal(texts: { name: string; text: string }[], t: Translate) {
  const looked = texts.map(({ text }) => ({ text, found: findPersonal(text) })).filter(({ found }) => found.length > 0)
  const kinds = [...new Set(looked.flatMap(({ found }) => found.map(({ kind }) => kind)))]
  return {
    texts: looked.map(({ text, found }) => ({ parts: partsOf(text, found) })),
    kinds: kinds.map(kind => t(`personal.kinds.${kind}`)),
    mayShow: !kinds.includes('card'),
  }
}

function partsOf(text: string, found: ReturnType<typeof findPersonal>) {
  const parts: { text: string; isMarked?: boolean }[] = []
  let at = 0
  for (const { start, end } of found) {
    parts.push({ text: text.slice(at, start) }, { text: text.slice(start, end), isMarked: true })
    at = end
  }
  return [...parts, { text: text.slice(at) }].filter(({ text }) => text)
}
