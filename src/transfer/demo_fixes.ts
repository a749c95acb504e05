import { sql } from 'drizzle-orm'
import { hasTurned, scored, tallied } from '../fixes/rules.ts'
import { fixes } from '../fixes/schema.ts'
import type { Db } from '../platform/db.ts'
import type { FixTallies } from '../topics/fixed.ts'
import { posts } from '../topics/schema.ts'

type Said = {
  post: number
  account: number | null
  number: number
  product: number | null
  versions: number[]
  isOld: boolean
  days: number
}

/**
 * Whether answers fixed it, as the demo's readers say: most of those who found one helpful, some guests, and for one answer of long ago many
 * who have a newer version and for whom it does not work any longer.
 */
export async function seedFixes(tx: Db): Promise<void> {
  const rows = await tx.execute<Said>(sql`
    with tried as (
      select p.id, t.product_ids[1] as product, t.best_answer_id = p.id as is_best, p.helpful_count, t.created_at, t.company_ids,
        row_number() over (partition by t.product_ids[1] order by t.created_at) as age
      from posts p join topics t on t.id = p.topic_id where p.kind = 'answer' and t.kind = 'question' and p.helpful_count > 1)
    select tried.id::int as post, r.account_id::int as account, said.n::int as number, tried.product::int as product,
      array(select v.id::int from product_versions v where v.product_id = tried.product order by v.position desc) as versions,
      tried.product is not null and tried.is_best and tried.age = 1 as "isOld", extract(day from now() - tried.created_at)::int as days
    from tried cross join lateral (
      select account_id, row_number() over (order by account_id) as n from reactions where post_id = tried.id and kind = 'helpful'
        and not exists (select from company_members m where m.account_id = reactions.account_id and m.company_id = any(tried.company_ids))
      union all select null, 100 + g from generate_series(1, tried.helpful_count / 2 + case when tried.is_best and tried.age = 1 then 14 else 1 end) g) r
    cross join lateral (select r.n) said(n) order by tried.id, said.n`)
  const byPost = Map.groupBy([...rows].map(voiceOf), ({ postId }) => postId)
  for (const [postId, said] of byPost) {
    await tx.insert(fixes).values(said)
    const counted = said.reduce<FixTallies>((all, voice) => tallied(all, { ...voice, isMember: voice.accountId !== null }, 1), {})
    const newest = said.toSorted((a, b) => b.at.getTime() - a.at.getTime()).map(({ fixed }) => fixed)
    const tallies = scored(counted, hasTurned(newest) ? newest : [])
    await tx
      .update(posts)
      .set({ fixes: tallies, fixScore: tallies.all?.score ?? 0 })
      .where(sql`${posts.id} = ${postId}`)
  }
}

function voiceOf({ post, account, number, product, versions, isOld, days }: Said) {
  const failsNow = isOld && account === null
  const versionId = failsNow ? versions[0] : versions[(number + post) % Math.max(1, versions.length)]
  const age = failsNow ? number - 100 : Math.max(1, (days * (number % 9)) / 9)
  return {
    postId: post,
    accountId: account,
    device: account === null ? Buffer.from(`demo ${post} ${number}`) : null,
    fixed: failsNow ? number % 6 === 0 : (number * 5 + post) % 8 !== 0,
    productId: product,
    versionId: (number + post) % 4 === 0 && !failsNow ? null : (versionId ?? null),
    at: new Date(Date.now() - age * 86_400_000),
  }
}
