import type { Preferences } from '../platform/preferences.ts'
import type { CompanyRole, Role } from './schema.ts'
import { type Bar, postsADay } from './standing.ts'
import type { Visibility } from './visibility.ts'

/**
 * Who is asking. A guest is an actor too (id 0): there are no nulls.
 * `moderates` are the ids of the boards this actor moderates, with their children; `companies` those he speaks for.
 */
export type Actor = {
  id: number
  role: Role | 'guest'
  handle: string
  name: string
  avatarKey: string | null
  confirmed: boolean
  suspended: boolean
  /** What moderation bars him from just now. */
  bars: Bar[]
  /** Ids of those whose posts he does not see, and of them those he is not told of. */
  ignores: number[]
  blocks: number[]
  /** Has a second step at log-in, and took it. */
  twoStep: boolean
  /** What he has earned; opens privileges (`policy.ts`). */
  level: number
  moderates: number[]
  companies: OwnCompany[]
  /** Ids of the boards he wants at hand. */
  interests: number[]
  preferences: Preferences
  /** Has seen or skipped the tour of the first visit. */
  toured: boolean
  /** Is led question by question when he asks. */
  guided: boolean
  hasAnswered: boolean
  /** Is told of first questions that wait. */
  mentors: boolean
  /** Lines of notices he has not read, 100 at most. */
  unread: number
  sessionId: string
}

/** A company somebody works for, and as what. */
export type OwnCompany = { id: number; slug: string; nameJa: string; nameEn: string; role: CompanyRole }

const NOBODY: Omit<Actor, 'preferences'> = {
  id: 0,
  role: 'guest',
  handle: '',
  name: '',
  avatarKey: null,
  confirmed: false,
  suspended: false,
  bars: [],
  ignores: [],
  blocks: [],
  twoStep: false,
  level: 0,
  moderates: [],
  companies: [],
  interests: [],
  toured: true,
  guided: false,
  hasAnswered: false,
  mentors: false,
  unread: 0,
  sessionId: '',
}

/** A visitor who is not logged in. */
export const guest = (preferences: Preferences): Actor => ({ ...NOBODY, preferences })

export const isGuest = (actor: Actor) => actor.role === 'guest'
export const isOperator = (actor: Actor) => actor.role === 'operator'

/** A member in good standing who has confirmed his address: may write. */
export const canWrite = (actor: Actor) => !isGuest(actor) && actor.confirmed && !actor.suspended

/** The same in one board: not while moderation bars him from it. */
export const canWriteIn = (actor: Actor, boardId: number) => canWrite(actor) && postsADay(actor.bars, boardId) !== 0

/** Moderates this board: its own moderators (of it or of its parent) and every operator. */
export const moderatesBoard = (actor: Actor, boardId: number) => isOperator(actor) || actor.moderates.includes(boardId)

/** May act in a company's name: one of its people, with a second step at log-in. Whose people they are shows without it. */
export const speaksFor = (actor: Actor, companyId: number) => actor.twoStep && worksFor(actor, companyId)

/** Works for this company, as an agent or as its admin. */
export const worksFor = (actor: Actor, companyId: number) => actor.companies.some(({ id }) => id === companyId)

/** Which boards' content this actor may see. */
export function visibleTo(actor: Actor): Visibility[] {
  if (isGuest(actor)) return ['public']
  return isOperator(actor) || actor.moderates.length > 0 ? ['public', 'members', 'staff'] : ['public', 'members']
}
