import { eq, sql } from 'drizzle-orm'
import type { Db } from '../../platform/db.ts'
import { type TopicRow, topics } from '../schema.ts'

/** Readers see that talk in a topic is heated, until it has cooled. In the transaction of whoever measured it. */
export async function markHeated(tx: Db, { id }: Pick<TopicRow, 'id'>): Promise<void> {
  await tx.update(topics).set({ heatedAt: sql`now()` }).where(eq(topics.id, id))
}

export async function markCooled(tx: Db, { id }: Pick<TopicRow, 'id'>): Promise<void> {
  await tx.update(topics).set({ heatedAt: null }).where(eq(topics.id, id))
}
