import { sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { topics } from './schema.ts'

/** What `topics.source_id` holds for a topic that came from elsewhere: where it stood there, and its id in that place. */
export const sourceIdFrom = (place: string, id: string) => `${place.normalize('NFKC').toLowerCase().replaceAll('/', '\u2215')}/${id}`

/** The id a topic had where it came from; where it had none, a digest stands in `source_id`, and null is told. */
export function originalId(sourceId: string | null): string | null {
  const id = sourceId?.slice(sourceId.indexOf('/') + 1)
  return !id || id.startsWith(DIGEST) ? null : id
}

/** Marks a digest in the place of an id. */
export const DIGEST = 'sha256:'

/** The ids that imported topics had where they came from, by topic. One statement. */
export async function originalIdsOf(db: Db, topicIds: number[]): Promise<Map<number, string>> {
  if (topicIds.length === 0) return new Map()
  const rows = await db
    .select({ id: topics.id, sourceId: topics.sourceId })
    .from(topics)
    .where(sql`${topics.id} = any(${sql.param(topicIds)}::bigint[]) and ${topics.sourceId} is not null`)
  return new Map(
    rows
      .flatMap(({ id, sourceId }) => [[id, originalId(sourceId)]] as [number, string | null][])
      .filter((pair): pair is [number, string] => pair[1] !== null),
  )
}
