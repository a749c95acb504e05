import type { TaskList } from 'graphile-worker'
import type { Services } from '../platform/services.ts'
import { type Added, makeSearchable, SEARCHABLE } from './faq/topics.ts'

/** Jobs an import leaves behind when it is killed. */
export function transferTasks({ db, search }: Pick<Services, 'db' | 'search'>): TaskList {
  return { [SEARCHABLE]: payload => makeSearchable(db, search, payload as Added) }
}
