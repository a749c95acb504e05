import type { Translate } from '../platform/i18n.ts'
import type { Part } from './profile_parts.ts'

const COUNTS: [name: 'best' | 'answers' | 'topics' | 'thanks' | 'helpful' | 'thanksGiven', part: Part][] = [
  ['best', 'solved'],
  ['answers', 'solved'],
  ['topics', 'solved'],
  ['thanks', 'thanks'],
  ['helpful', 'thanks'],
  ['thanksGiven', 'thanks'],
]

/** What somebody did for others in numbers, those he shows. Numbers, never a share: nobody gains by taking an answer back. */
export const presentCounts = (counts: Record<(typeof COUNTS)[number][0], number>, shows: (part: Part) => boolean, t: Translate) =>
  COUNTS.filter(([, part]) => shows(part)).map(([name]) => ({ label: t(`members.${name}`), value: counts[name] }))
