import { desc, eq, sql } from 'drizzle-orm'
import type { Db } from '../../platform/db.ts'
import { restTopic, wakeTopic } from '../../topics/helping/resting.ts'
import { type TopicRow, topics } from '../../topics/schema.ts'
import type { Decision, ReviewKind } from '../decision.ts'
import type { ReviewItem } from '../schema.ts'
import { heatWarnings } from './schema.ts'

/** A topic locked for a decision; it is there as long as the item is. */
async function topicOf(tx: Db, item: ReviewItem): Promise<TopicRow> {
  const [topic] = await tx.select().from(topics).where(eq(topics.id, item.subjectId)).for('update')
  if (!topic) throw new Error(`the topic of item ${item.id} is gone`)
  return topic
}

/** Lets the topic rest until the next morning. */
const rest: Decision = {
  name: 'rest',
  key: 'c',
  reasons: ['heated', 'attacks', 'check'],
  async apply(tx, actor, item, { reason, words }) {
    const known = reason as 'heated' | 'attacks' | 'check'
    await restTopic(tx, actor, await topicOf(tx, item), { length: 'morning', reason: known, words })
  },
  undo: async (tx, actor, item) => wakeTopic(tx, actor, await topicOf(tx, item)),
}

/** A moderator looks after it; nothing more is needed. */
const watch: Decision = {
  name: 'watch',
  key: 'k',
  reasons: ['watched', 'spoken', 'settled', 'other'],
  apply: async () => {},
  undo: async () => {},
}

/** Nothing was wrong: the operator sees how often that is so. */
const falseAlarm: Decision = {
  name: 'false_alarm',
  key: 'n',
  reasons: ['lively', 'opinion', 'other'],
  apply: (tx, _actor, item) => mark(tx, item, true),
  undo: (tx, _actor, item) => mark(tx, item, false),
}

async function mark(tx: Db, item: ReviewItem, isFalse: boolean): Promise<void> {
  const [latest] = await tx
    .select({ id: heatWarnings.id })
    .from(heatWarnings)
    .where(eq(heatWarnings.topicId, item.subjectId))
    .orderBy(desc(heatWarnings.id))
    .limit(1)
  await tx
    .update(heatWarnings)
    .set({ falseAlarmAt: isFalse ? sql`now()` : null })
    .where(eq(heatWarnings.id, latest?.id ?? 0))
}

/** A heated topic rests until the morning, is watched, or was only lively. */
export const heatKind: ReviewKind = { decisions: [rest, watch, falseAlarm] }
