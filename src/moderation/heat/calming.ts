import type { Actor } from '../../accounts/actor.ts'
import type { Db } from '../../platform/db.ts'
import { type Rest, restTopic, wakeTopic } from '../../topics/helping/resting.ts'
import { type Slowing, slowTopic, unslowTopic } from '../../topics/helping/slowing.ts'
import type { Topic } from '../../topics/queries.ts'
import { writeAudit } from '../audit.ts'
import type { Deed } from '../deeds.ts'

type Done = (tx: Db) => Promise<void>

/** Lets a topic rest; see topics/helping/resting.ts. It is written down. */
export const restHere = (db: Db, actor: Actor, topic: Topic, rest: Rest) =>
  noted(db, actor, topic, 'topic_rested', { length: rest.length, reason: rest.reason }, tx => restTopic(tx, actor, topic, rest))

/** Wakes a topic before its time. It is written down. */
export const wakeHere = (db: Db, actor: Actor, topic: Topic) =>
  noted(db, actor, topic, 'topic_woken', {}, tx => wakeTopic(tx, actor, topic))

/** Slows a topic down; see topics/helping/slowing.ts. It is written down. */
export const slowHere = (db: Db, actor: Actor, topic: Topic, slowing: Slowing) =>
  noted(db, actor, topic, 'topic_slowed', { minutes: slowing.minutes, hours: slowing.hours }, tx => slowTopic(tx, actor, topic, slowing))

/** Lets a topic run again as usual. It is written down. */
export const unslowHere = (db: Db, actor: Actor, topic: Topic) =>
  noted(db, actor, topic, 'topic_unslowed', {}, tx => unslowTopic(tx, actor, topic))

async function noted(
  db: Db,
  actor: Actor,
  { id, boardId }: Topic,
  deed: Deed,
  details: Record<string, unknown>,
  done: Done,
): Promise<void> {
  await db.transaction(async tx => {
    await done(tx)
    await writeAudit(tx, actor, deed, { subject: 'topic', id, boardId }, details)
  })
}
