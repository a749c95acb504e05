import type { Actor } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { type PostDraft, postAnswer } from '../topics/answers.ts'
import { findPost } from '../topics/page_queries.ts'
import type { Topic } from '../topics/queries.ts'
import type { PostRow } from '../topics/schema.ts'
import { offerGuarantee } from './offering.ts'
import type { GuaranteeRow } from './schema.ts'
import type { TermsDraft } from './terms.ts'

/** Answers for a company and vouches for it in one step: both or neither. Throws what answering and vouching throw. */
export async function answerAndGuarantee(
  db: Db,
  actor: Actor,
  topic: Topic,
  draft: PostDraft & { company: number },
  terms: TermsDraft,
): Promise<{ post: PostRow; guarantee: GuaranteeRow }> {
  return db.transaction(async tx => {
    const post = await postAnswer(tx, actor, topic, draft)
    const answer = await findPost(tx, actor, post.id)
    return { post, guarantee: await offerGuarantee(tx, actor, { id: draft.company }, answer, { ...terms, revision: post.revision }) }
  })
}
