import { type Actor, isOperator } from '../accounts/actor.ts'

/** Boards are made and edited by the operator alone. */
export const canArrangeBoards = (actor: Actor) => isOperator(actor)
