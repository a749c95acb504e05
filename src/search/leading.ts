import { isInForce, lastWord } from '../guarantees/standing.ts'
import type { QuotedPost } from './answer_queries.ts'

/** Why an answer may stand above all results; the first counts most. */
export const CLAIMS = ['guaranteed', 'best', 'helpful'] as const
export type Claim = (typeof CLAIMS)[number]

/** Results among which the answer on top is chosen: further down the question is another one. */
const LOOKED_AT = 3
/** What a result has to score of the first one's score to stand for the same question. */
const NEAR = 0.6

type Claiming = Pick<QuotedPost, 'kind' | 'revision' | 'guarantees' | 'isBest' | 'helpfulCount'>

/**
 * What an answer claims: a company vouches for it, the asker picked it, or readers found it helpful. A tip is its own answer. What a company
 * has recalled was wrong, whatever readers thought of it, and claims nothing.
 */
export function claimOf(post: Claiming, topicKind: string): Claim | undefined {
  if (post.kind !== 'answer' && topicKind !== 'tip') return undefined
  const vouched = post.guarantees ?? []
  if (vouched.some(guarantee => isInForce(guarantee, post))) return 'guaranteed'
  if (lastWord(vouched, post)?.state === 'recalled') return undefined
  if (post.isBest) return 'best'
  return post.helpfulCount > 0 ? 'helpful' : undefined
}

/** The topics among which the answer on top is looked for: the first results, as far as they fit about as well as the best. */
export function nearestOf<Hit extends { score: number }>(hits: readonly Hit[]): Hit[] {
  const best = hits[0]?.score ?? 0
  return hits.slice(0, LOOKED_AT).filter(({ score }) => score >= best * NEAR)
}

/** Of answers in the order of their topics' fit, the one with the strongest claim. */
export function leadOf<Candidate extends { claim: Claim | undefined }>(candidates: readonly Candidate[]) {
  for (const claim of CLAIMS) {
    const lead = candidates.find(candidate => candidate.claim === claim)
    if (lead) return { ...lead, claim }
  }
  return undefined
}
