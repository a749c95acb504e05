import { hidePost, restorePost } from '../topics/helping/hiding.ts'
import { findPost } from '../topics/page_queries.ts'
import type { Decision } from './decision.ts'

type Step = Parameters<NonNullable<Decision['undo']>>
type Afterwards = (tx: Step[0], item: Step[2]) => Promise<void>

/** Hides the post an item is about, and shows it again when that is undone; `settle` and `reopen` do what belongs to the kind of item. */
export const hiding = (settle: Afterwards, reopen: Afterwards): Pick<Decision, 'apply' | 'undo'> => ({
  async apply(tx, actor, item) {
    await hidePost(tx, actor, await findPost(tx, actor, item.subjectId))
    await settle(tx, item)
  },
  async undo(tx, actor, item) {
    await restorePost(tx, actor, await findPost(tx, actor, item.subjectId))
    await reopen(tx, item)
  },
})
