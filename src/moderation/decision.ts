import type { Actor } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import type { ReviewItem } from './schema.ts'

/** What a moderator sends: one of the kind's decisions, one of its reasons, words the people concerned read, and the sentence it is about. */
export type Verdict = { decision: string; reason: string; words: string; mark?: string }

/**
 * One way to decide an item. Its button says `moderation.decisions.{name}` and answers to `key`; a reason is one of `reasons`
 * (`moderation.why.…`). `apply` and `undo` do it in the deciding transaction; they lock topics before posts and call verbs of their own.
 */
export type Decision = {
  name: string
  key: string
  reasons: readonly string[]
  /** Whose post or doing it is about hears of it (`post.judged`), with the reason and the words. */
  tellsAuthor?: boolean
  /** The moderator may point at the sentence it is about. */
  marks?: boolean
  apply(tx: Db, actor: Actor, item: ReviewItem, verdict: Verdict): Promise<void>
  undo?(tx: Db, actor: Actor, item: ReviewItem): Promise<void>
}

/** A kind of item: its decisions in the order of their buttons. */
export type ReviewKind = { decisions: readonly Decision[] }
