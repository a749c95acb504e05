import type { Translate } from '../platform/i18n.ts'
import { GUIDE } from './guided.ts'

/** The questions that lead a first question, with what was answered and what is wrong with it. */
export function presentGuide(values: Record<string, unknown>, errors: Record<string, string>, t: Translate) {
  return GUIDE.map((name, place) => ({
    name,
    label: t(`topics.guided.${name}`),
    hint: t(`topics.guided.${name}Hint`),
    value: values[name],
    rows: place === 2 ? 2 : 5,
    isRequired: place === 0,
    // What is wrong with the whole, is said where it begins.
    error: errors[name] ?? (place === 0 ? errors.body : undefined),
  }))
}
