import type { EventOf } from '../events.ts'
import type { Services } from '../platform/services.ts'
import { noticesOfGone } from './reading.ts'
import { tell } from './telling.ts'

/** Whoever an event concerns hears of it; who that is, the table of kinds says. */
export const tellPeople = ({ db }: Services, event: EventOf): Promise<void> => tell(db, event)

/** What is gone waits for nobody any more. */
export const settleNotices = ({ db }: Services, { data }: EventOf<'post.hidden' | 'post.withdrawn' | 'topic.withdrawn'>): Promise<void> =>
  noticesOfGone(db, data)
