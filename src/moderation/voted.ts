import { sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { openItem } from './opening.ts'

type Voted = { boardId: number; topicId: number; authorId: number; companyIds: number[]; reason: string | null }

/** A post that members' votes hid waits for a moderator, who shows it again or leaves it hidden. Once for each time; safe to repeat. */
export async function openVoted(db: Db, postId: number): Promise<void> {
  await db.transaction(async tx => {
    const [voted] = await tx.execute<Voted>(sql`
      select t.board_id::int as "boardId", t.id::int as "topicId", p.author_id::int as "authorId", to_json(t.company_ids) as "companyIds",
        (select reason from hide_votes v where v.post_id = p.id and v.settled_at is null group by reason order by count(*) desc, reason limit 1) as reason
      from posts p join topics t on t.id = p.topic_id
      where p.id = ${postId} and p.hidden_at is not null and p.held_at is null and p.hidden_by_id is null and p.withdrawn_at is null
        and exists (select from hide_votes v where v.post_id = p.id and v.settled_at is null)
        and not exists (select from review_items r where r.subject = 'post' and r.subject_id = p.id and r.kind = 'flag'
          and (r.opened_at >= p.hidden_at or (r.decided_at is null and r.facts ? 'voted')))
      for no key update of p`)
    if (!voted) return
    await openItem(tx, {
      ...{ kind: 'flag', subject: 'post', subjectId: postId, boardId: voted.boardId, topicId: voted.topicId, companyIds: voted.companyIds },
      ...{ tier: 2, aboutId: voted.authorId, facts: { reason: voted.reason ?? undefined, voted: true } },
    })
  })
}
