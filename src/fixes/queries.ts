import { and, eq, sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import { products, productVersions, topicProducts } from '../companies/schema.ts'
import type { Db } from '../platform/db.ts'
import { countsAsMember } from './policy.ts'
import { kept } from './reader.ts'
import { fixes } from './schema.ts'

/** A product a topic names, with its versions, the newest first. */
export type Choice = {
  id: number
  nameJa: string
  nameEn: string
  versionWordJa: string
  versionWordEn: string
  versions: { id: number; label: string }[]
}

/** What a reader of a topic may say he has: the products it names, with their versions. */
export async function listChoices(db: Db, topicId: number): Promise<Choice[]> {
  const versions = sql<
    Choice['versions']
  >`coalesce((select json_agg(json_build_object('id', v.id, 'label', v.label) order by v.position desc)
    from ${productVersions} v where v.product_id = ${products.id}), '[]')`
  return db
    .select({
      id: products.id,
      nameJa: products.nameJa,
      nameEn: products.nameEn,
      versionWordJa: products.versionWordJa,
      versionWordEn: products.versionWordEn,
      versions,
    })
    .from(topicProducts)
    .innerJoin(products, eq(products.id, topicProducts.productId))
    .where(eq(topicProducts.topicId, topicId))
    .orderBy(topicProducts.position)
}

/** What this reader said of an answer; undefined when nothing. */
export async function findOwnFix(db: Db, actor: Actor, post: { id: number }, device: string) {
  const own = countsAsMember(actor) ? eq(fixes.accountId, actor.id) : eq(fixes.device, kept(device))
  const [row] = await db
    .select({ fixed: fixes.fixed, productId: fixes.productId, versionId: fixes.versionId })
    .from(fixes)
    .where(and(eq(fixes.postId, post.id), own))
  return row
}
