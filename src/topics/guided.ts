import { Invalid } from '../platform/errors.ts'
import type { Translate } from '../platform/i18n.ts'

/** What a first question is led by, in this order; texts under `topics.guided.*`. Only the first has to be answered. */
export const GUIDE = ['happened', 'tried', 'product'] as const
export type Guided = Partial<Record<(typeof GUIDE)[number], string>>

/** The body of a question from the answers to the guide, each below its heading; without those that were left out. */
export function composeGuided(given: Guided, t: Translate): string {
  return GUIDE.flatMap(name => (given[name]?.trim() ? [`**${t(`topics.guided.${name}`)}**\n\n${given[name].trim()}`] : [])).join('\n\n')
}

/** The same for a question that is sent. Throws Invalid at `happened` when nothing says what happened. */
export function guidedBody(given: Guided, t: Translate): string {
  if (!given.happened?.trim()) throw new Invalid({ happened: 'form.required' })
  return composeGuided(given, t)
}
