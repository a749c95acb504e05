import type { MeasureName } from './badge_measures.ts'
import known from './badges.json' with { type: 'json' }

type Text = { ja: string; en: string }
/** A badge: who reaches `atLeast` by `measure` has it. Its picture is the sign of its name in `public/badges.svg` in the frame of its tier. */
export type Badge = { key: string; measure: MeasureName; atLeast: number; tier: 'bronze' | 'silver' | 'gold'; name: Text; text: Text }

/** Every badge there is, in the order in which they are shown. Another one is another entry of the file. */
export const BADGES = known as readonly Badge[]

export const findBadge = (key: string): Badge | undefined => BADGES.find(badge => badge.key === key)
