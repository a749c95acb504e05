/** What can wait in the queue. Each has its decisions in `kinds.ts`. */
export const KIND_NAMES = ['flag', 'hold', 'heat', 'appeal', 'second_look', 'takedown', 'care', 'second_account'] as const
export type KindName = (typeof KIND_NAMES)[number]
