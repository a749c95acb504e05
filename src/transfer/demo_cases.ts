import { readFileSync } from 'node:fs'
import { eq } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { lookForAbuse } from '../reputation/abuse/looking.ts'
import { noteSighting } from '../reputation/abuse/sightings.ts'
import { contest } from '../reputation/contesting.ts'
import { contests } from '../reputation/schema.ts'
import { slowTopic } from '../topics/helping/slowing.ts'
import { findTopic } from '../topics/queries.ts'
import { topics } from '../topics/schema.ts'
import { demoActor } from './demo_actor.ts'

type Cases = {
  sharedTablet: string[]
  contest: { handle: string; words: string }
  slow: { title: string; reason: string }
}

const cases: Cases = JSON.parse(readFileSync(new URL('./demo/cases.json', import.meta.url), 'utf8'))

/** What waits for the operator: two members with one tablet who vote for each other, and an objection; and a topic he has slowed. */
export async function seedCases(db: Db): Promise<void> {
  await db.transaction(async tx => {
    if ((await tx.$count(contests)) > 0) return
    for (const handle of cases.sharedTablet)
      await noteSighting(tx, (await demoActor(tx, handle)).id, { device: 'demo tablet', address: '' })
    await lookForAbuse(tx)
    await contest(tx, await demoActor(tx, cases.contest.handle), cases.contest)
    await slowDown(tx, await demoActor(tx, 'operator'))
  })
}

async function slowDown(tx: Db, operator: Actor): Promise<void> {
  const [row] = await tx.select({ id: topics.id }).from(topics).where(eq(topics.title, cases.slow.title))
  await slowTopic(tx, operator, await findTopic(tx, operator, row?.id ?? 0), { minutes: 15, hours: 72, reason: cases.slow.reason })
}
