import type { Actor } from '../../accounts/actor.ts'
import type { Db } from '../../platform/db.ts'
import { holdPost, releasePost } from '../../topics/holding.ts'
import { findPost, type Post } from '../../topics/page_queries.ts'
import type { PostRow } from '../../topics/schema.ts'
import type { Decision, ReviewKind } from '../decision.ts'
import { aboutPost, openItem } from '../opening.ts'
import { answeredBy } from './due.ts'
import { findAsAuthor } from './queries.ts'
import { fingerprints } from './schema.ts'
import { type Weighed, type Words, weigh } from './weighing.ts'

/** What a verb made: the post, or the opening of the topic. */
type Posted = Pick<PostRow, 'id' | 'heldAt'>

/**
 * Posts something by `post`, or holds it: it is there for its writer and the moderators from its first moment on and for nobody else, and
 * waits in their queue; all in one transaction. `post` is told whether to hold it, and gives what it made.
 */
export async function watchPosting<Made>(
  db: Db,
  actor: Actor,
  words: Words,
  post: (db: Db, held: boolean) => Promise<Made>,
  madeOf: (made: Made) => Posted,
): Promise<{ made: Made; isHeld: boolean }> {
  const weighed = await weigh(db, actor, words)
  if (weighed.reasons.length === 0) {
    const made = await post(db, false)
    await keepPrint(db, madeOf(made).id, weighed)
    return { made, isHeld: madeOf(made).heldAt !== null }
  }
  return db.transaction(async tx => {
    const made = await post(tx, true)
    const { id, heldAt } = madeOf(made)
    // The same draft sent again is the post it became: what was decided of that stands.
    if (heldAt) {
      await openHold(tx, await findAsAuthor(tx, actor, id), weighed)
      await keepPrint(tx, id, weighed)
    }
    return { made, isHeld: heldAt !== null }
  })
}

/** The same for words that change: an edit that would have waited takes its post out of sight until it was looked at. */
export async function watchEdit(
  db: Db,
  actor: Actor,
  post: Post,
  words: Words,
  edit: (db: Db) => Promise<void>,
): Promise<{ isHeld: boolean }> {
  const weighed = await weigh(db, actor, { ...words, postId: post.id })
  // How fast and how new somebody is was looked at when he posted it.
  const reasons = weighed.reasons.filter(reason => reason !== 'burst' && reason !== 'first_post')
  if (reasons.length === 0) {
    await edit(db)
    return { isHeld: false }
  }
  await db.transaction(async tx => {
    await edit(tx)
    await holdPost(tx, post)
    await openHold(tx, post, { ...weighed, reasons })
  })
  return { isHeld: true }
}

/** Lets a held post wait in the queue, with why and where in it. */
async function openHold(tx: Db, post: Post, { reasons, marks }: Weighed): Promise<void> {
  await openItem(tx, {
    ...aboutPost(post),
    kind: 'hold',
    tier: reasons.includes('personal') ? 1 : reasons.includes('word') ? 2 : 3,
    facts: { reasons, marks, dueAt: answeredBy(new Date()).toISOString() },
  })
}

async function keepPrint(db: Db, postId: number, { print }: Weighed): Promise<void> {
  if (print !== undefined) await db.insert(fingerprints).values({ postId, print }).onConflictDoNothing()
}

const approve: Decision = {
  name: 'approve',
  key: 'a',
  reasons: ['fine', 'other'],
  tellsAuthor: true,
  async apply(tx, actor, item) {
    await releasePost(tx, await findPost(tx, actor, item.subjectId))
  },
  async undo(tx, actor, item) {
    await holdPost(tx, await findPost(tx, actor, item.subjectId))
  },
}

const reject: Decision = {
  name: 'reject',
  key: 'r',
  reasons: ['spam', 'abuse', 'harsh', 'personal', 'dangerous', 'hidden_ad', 'off_topic', 'alike', 'unclear', 'other'],
  tellsAuthor: true,
  marks: true,
  // The post stays with its writer, to be mended.
  apply: async () => {},
  undo: async () => {},
}

/** What is held is shown, or goes back to its writer to be mended; so does what he has mended, by another moderator's decision. */
export const holdKind: ReviewKind = { decisions: [approve, reject] }
