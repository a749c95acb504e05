import type { Translate } from '../../platform/i18n.ts'
import { decideBy, isLate, waitsForView } from './clocks.ts'
import type { Takedown } from './schema.ts'

/** A request's number, as letters and people name it. */
export const takedownNumber = ({ id }: { id: number }) => `TD-${String(id).padStart(5, '0')}`
export const receiptPath = (key: string) => `/takedown/receipts/${key}`
export const deskPath = ({ id }: { id: number }) => `/moderation/takedowns/${id}`
export const viewPath = ({ id }: { id: number }) => `/me/takedowns/${id}`

type Line = Pick<Takedown, 'id' | 'right' | 'receivedAt' | 'dueAt' | 'askedAt' | 'viewUntil' | 'view' | 'outcome' | 'decidedAt'>

/** Where a request stands, with its two clocks. */
export function presentTakedown(takedown: Line, t: Translate) {
  const { id, right, receivedAt, askedAt, viewUntil, view, outcome, decidedAt } = takedown
  const state = outcome ?? (askedAt ? (waitsForView(takedown) ? 'asking' : view ? 'viewed' : 'silent') : 'received')
  return {
    id,
    called: takedownNumber(takedown),
    right: t(`takedowns.rights.${right}`),
    state: t(`takedowns.states.${state}`),
    isOpen: outcome === null,
    isLate: isLate(takedown),
    receivedAt,
    decideBy: outcome ? undefined : decideBy(takedown),
    askedAt: askedAt ?? undefined,
    viewUntil: viewUntil ?? undefined,
    view: view ? t(`takedowns.views.${view}`) : undefined,
    decidedAt: decidedAt ?? undefined,
    path: deskPath(takedown),
  }
}
