import type { Translate } from '../platform/i18n.ts'
import { memberPath } from './present_member.ts'
import type { Part } from './profile_parts.ts'

const COUNTS: [name: 'best' | 'answers' | 'topics' | 'thanks' | 'helpful' | 'thanksGiven', part: Part][] = [
  ['best', 'solved'],
  ['answers', 'solved'],
  ['topics', 'solved'],
  ['thanks', 'thanks'],
  ['helpful', 'thanks'],
  ['thanksGiven', 'thanks'],
]

/** Where each number comes from, and what of the profile has to be open for it. */
const WHY: Record<(typeof COUNTS)[number][0], [list: string, part: Part]> = {
  best: ['?list=answers', 'posts'],
  answers: ['?list=answers', 'posts'],
  topics: ['?list=topics', 'posts'],
  thanks: ['/points', 'level'],
  helpful: ['/points', 'level'],
  thanksGiven: ['/points', 'level'],
}

/**
 * What somebody did for others in numbers, those he shows, each with the page that says why where that is open too.
 * Numbers, never a share: nobody gains by taking an answer back.
 */
export const presentCounts = (
  member: { handle: string },
  counts: Record<(typeof COUNTS)[number][0], number>,
  shows: (part: Part) => boolean,
  t: Translate,
) =>
  COUNTS.filter(([, part]) => shows(part)).map(([name]) => {
    const [list, part] = WHY[name]
    return { label: t(`members.${name}`), value: counts[name], path: shows(part) ? `${memberPath(member)}${list}` : undefined }
  })
