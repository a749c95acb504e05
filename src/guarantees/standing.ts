import { dayInJapan } from './days.ts'
import type { State } from './schema.ts'

type Vouched = { state: State; revision: number; validUntil: string; reason: string | null }
type Answer = { revision: number }

/** Whether a guarantee holds for an answer as it stands today: what an edit or the calendar does to it follows in a moment, and is true already. */
export const isInForce = ({ state, revision, validUntil }: Omit<Vouched, 'reason'>, answer: Answer, today = dayInJapan()) =>
  state === 'given' && revision === answer.revision && validUntil >= today

/** The last word about an answer that nothing vouches for (any more); `all` are its guarantees, the newest first. */
export function lastWord<Guarantee extends Vouched>(
  all: readonly Guarantee[],
  answer: Answer,
  today = dayInJapan(),
): Guarantee | undefined {
  const [last] = all.some(guarantee => isInForce(guarantee, answer, today)) ? [] : all
  if (last?.state !== 'given') return last
  return { ...last, state: last.validUntil < today ? 'expired' : 'suspended', reason: null }
}
