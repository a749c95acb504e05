import type { Actor } from '../../accounts/actor.ts'

type Matter = { accountId: number; decidedAt: Date; appealedAt: Date | null; isOver: boolean }

/** Object to what was decided about oneself, while it stands, once and in time. Who may not write may do this too. */
export const canAppeal = (actor: Actor, matter: Matter, days: number, now = Date.now()) =>
  actor.id === matter.accountId &&
  actor.id !== 0 &&
  !matter.isOver &&
  !matter.appealedAt &&
  matter.decidedAt.getTime() > now - days * 86_400_000
