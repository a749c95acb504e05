import { quietUntil } from './hours.ts'
import type { ShownNotice } from './queries.ts'
import type { NoticeSettings } from './schema.ts'

/** What becomes of somebody's waiting notices: mails to write, notices that need none any more, and until when the others wait. */
export type Plan = { mails: ShownNotice[][]; drop: ShownNotice[]; postpone: ShownNotice[]; until?: Date; isDigest: boolean }

const FAR = Date.UTC(9000, 0)

/**
 * Plans the mails of one person at a moment. What he has read on the site meanwhile, and what is hidden by now, needs no mail. Of one topic
 * everything goes together, also what came a minute ago; a digest holds all that waited for it. At night what is not a digest waits.
 */
export function planMails(waiting: ShownNotice[], settings: NoticeSettings | undefined, at: Date): Plan {
  const [drop, news] = partition(waiting, ({ notice, stands }) => notice.readAt !== null || !stands)
  const [forDigest, atOnce] = partition(news, ({ notice }) => Number(notice.mailAt) > FAR)
  const isDigest = settings?.nextDigestAt ? settings.nextDigestAt <= at : false
  const digest = isDigest && forDigest.length > 0 ? [forDigest] : []
  const groups = [...Map.groupBy(atOnce, groupOf).values()].filter(group => group.some(({ notice }) => isDue(notice.mailAt, at)))
  const until = settings && quietUntil(settings, at)
  if (until) return { mails: digest, drop, postpone: groups.flat(), until, isDigest }
  return { mails: [...digest, ...groups], drop, postpone: [], isDigest }
}

const groupOf = ({ notice }: ShownNotice) => (notice.topicId ? `topic:${notice.topicId}` : notice.thread)
const isDue = (mailAt: Date | null, at: Date) => mailAt !== null && mailAt <= at

function partition<Item>(items: Item[], isFirst: (item: Item) => boolean): [Item[], Item[]] {
  const { yes = [], no = [] } = Object.groupBy(items, item => (isFirst(item) ? 'yes' : 'no'))
  return [yes, no]
}
