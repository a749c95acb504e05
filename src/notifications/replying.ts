import { createHash } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { accounts } from '../accounts/schema.ts'
import { findActor } from '../accounts/sessions.ts'
import type { Db } from '../platform/db.ts'
import { Invalid, Refused } from '../platform/errors.ts'
import { readSigned } from '../platform/signing.ts'
import { postAnswer } from '../topics/answers.ts'
import { COMMENT_LETTERS, postComment } from '../topics/comments.ts'
import { findPost } from '../topics/page_queries.ts'
import type { PostRow } from '../topics/schema.ts'
import { type NoticeRow, notices } from './schema.ts'

/** A reply as it came: who it says it is from, the secret of the address it was sent to, its words, and what makes it this mail and no other. */
export type Reply = { from: string; secret: string; words: string; messageId: string }

const GOOD_FOR_DAYS = 60

/** The notice somebody answers by mail, and his address. Throws Refused for a secret that is wrong or old, and for a mail from somebody else. */
export async function findReplied(db: Db, { secret, from }: Pick<Reply, 'secret' | 'from'>): Promise<NoticeRow> {
  const [, id] = (await readSigned(db, `reply-${secret}`)) ?? []
  const [row] = id
    ? await db
        .select({ notice: notices, email: accounts.email })
        .from(notices)
        .innerJoin(accounts, eq(accounts.id, notices.accountId))
        .where(eq(notices.id, Number(id)))
    : []
  const isOld = row && Date.now() - row.notice.createdAt.getTime() > GOOD_FOR_DAYS * 86_400_000
  if (!row || isOld || row.email?.toLowerCase() !== from.toLowerCase()) throw new Refused('replies.unknown')
  return row.notice
}

/**
 * Posts a reply by mail as its member, who may no more than on the site: an answer to a topic he was told of, a comment where he was told of
 * an answer or a comment (an answer where it is too long for one). The same mail again is the same post. Throws what posting throws.
 */
export async function postReply(db: Db, notice: NoticeRow, { words, messageId }: Reply): Promise<PostRow> {
  const actor = await findActor(db, notice.accountId)
  if (!actor || !notice.postId) throw new Refused('replies.unknown')
  if (!words) throw new Invalid({ body: 'replies.empty' })
  const told = await findPost(db, actor, notice.postId)
  const draft = { body: words, draftKey: `mail-${createHash('sha256').update(messageId).digest('hex').slice(0, 40)}` }
  if (told.kind === 'opening' || [...words].length > COMMENT_LETTERS) return postAnswer(db, actor, told.topic, draft)
  const parent = told.kind === 'comment' && told.parentId ? await findPost(db, actor, told.parentId) : told
  return postComment(db, actor, parent, draft)
}
