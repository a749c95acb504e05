import { eq } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rolledBack, type TestDatabase, testDatabase } from '../../test/database.ts'
import { makeBoard, makeTopic, topicNow } from '../../test/making.ts'
import { makeMember, visitor } from '../../test/people.ts'
import type { Actor } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import type { Order } from './answer_order.ts'
import type { FixTallies } from './fixed.ts'
import { ANSWERS_A_PAGE, listAnswers } from './page_queries.ts'
import type { Topic } from './queries.ts'
import { posts, topics } from './schema.ts'

let database: TestDatabase
let helper: Actor
let topic: Topic

beforeAll(async () => {
  database = await testDatabase()
  const { db } = database
  helper = await makeMember(db)
  topic = await makeTopic(db, await makeMember(db), await makeBoard(db))
})
afterAll(() => database.drop())

const anyAnswer = fc.record({
  helpfulCount: fc.integer({ min: 0, max: 12 }),
  score: fc.constantFrom(-1, 0, 0, 0, 430, 871),
  ownScore: fc.constantFrom(undefined, undefined, -1, 0, 652),
  guaranteed: fc.integer({ min: 0, max: 19 }).map(n => n === 0),
  hidden: fc.integer({ min: 0, max: 9 }).map(n => n === 0),
  withdrawn: fc.integer({ min: 0, max: 9 }).map(n => n === 0),
  commentCount: fc.integer({ min: 0, max: 1 }),
})
// Few answers try the rule of the best one, many the pages.
const anyAnswers = fc.oneof(
  { arbitrary: fc.array(anyAnswer, { maxLength: 4, size: 'max' }), weight: 3 },
  { arbitrary: fc.array(anyAnswer, { maxLength: 170, size: 'max' }), weight: 1 },
)
type AnyAnswer = typeof anyAnswer extends fc.Arbitrary<infer T> ? T : never
type Answer = AnyAnswer & { id: number }

const VERSION = 77

/**
 * The rule as a person would say it: guaranteed, then the best unless it fails or another has twice its marks and five more; then what works,
 * then helpful, then age, and last what fails. What works is what works for the reader's version, where enough have said so.
 */
function inOrder(answers: Answer[], bestId: number | undefined, isOwn: boolean): number[] {
  const works = ({ score, ownScore }: Answer) => (isOwn ? (ownScore ?? score) : score)
  const shown = answers.filter(answer => !answer.hidden && (!answer.withdrawn || answer.commentCount > 0))
  const best = answers.find(answer => answer.id === bestId)
  const rivals = answers.filter(answer => answer !== best && !answer.hidden && !answer.withdrawn)
  const outscored =
    best && rivals.some(({ helpfulCount }) => helpfulCount >= 2 * best.helpfulCount && helpfulCount >= best.helpfulCount + 5)
  const rank = (answer: Answer) => (answer.guaranteed ? 0 : answer === best && works(answer) >= 0 && !outscored ? 1 : 2)
  return shown
    .toSorted((a, b) => rank(a) - rank(b) || works(b) - works(a) || b.helpfulCount - a.helpfulCount || a.id - b.id)
    .map(answer => answer.id)
}

const fixesWith = (score?: number): FixTallies =>
  score === undefined ? {} : { [VERSION]: { fixed: 0, failed: 0, guestFixed: 0, guestFailed: 0, score } }

async function insertAnswers(db: Db, some: AnyAnswer[]): Promise<Answer[]> {
  if (some.length === 0) return []
  const now = new Date()
  const rows = some.map(({ helpfulCount, score, ownScore, guaranteed, hidden, withdrawn, commentCount }) => ({
    topicId: topic.id,
    kind: 'answer' as const,
    authorId: helper.id,
    body: '…',
    bodyHtml: '…',
    bodyText: '…',
    rendererVersion: 1,
    helpfulCount,
    fixScore: score,
    fixes: fixesWith(ownScore),
    commentCount,
    guaranteedAt: guaranteed ? now : null,
    hiddenAt: hidden ? now : null,
    withdrawnAt: withdrawn ? now : null,
  }))
  const inserted = await db.insert(posts).values(rows).returning({ id: posts.id })
  return some.map((answer, index) => ({ ...answer, id: inserted[index]?.id ?? 0 }))
}

/** What a reader sees who goes from page to page. */
async function allPages(db: Db, now: Topic, order: Order, version?: number): Promise<number[]> {
  const shown: number[] = []
  let after: string | undefined
  do {
    const page = await listAnswers(db, visitor, now, { order, after, version })
    shown.push(...page.rows.map(answer => answer.id))
    after = page.next
  } while (after && shown.length < 500)
  return shown
}

test(
  'the database orders answers as the rule says, on every page, and links lead to the right one',
  () =>
    fc.assert(
      fc.asyncProperty(anyAnswers, fc.nat(), fc.boolean(), fc.boolean(), (some, pick, hasBest, isOwn) =>
        rolledBack(database.db, async db => {
          const answers = await insertAnswers(db, some)
          const standing = answers.filter(answer => !answer.withdrawn && !answer.hidden)
          const best = hasBest && standing.length > 0 ? standing[pick % standing.length]?.id : undefined
          await db
            .update(topics)
            .set({ bestAnswerId: best ?? null })
            .where(eq(topics.id, topic.id))
          const now = await topicNow(db, topic)
          const expected = inOrder(answers, best, isOwn)
          const version = isOwn ? VERSION : undefined

          expect(await allPages(db, now, 'helpful', version)).toEqual(expected)
          const guaranteed = (id: number) => answers.some(answer => answer.id === id && answer.guaranteed)
          const newest = expected.toSorted((a, b) => Number(guaranteed(b)) - Number(guaranteed(a)) || b - a)
          expect(await allPages(db, now, 'new', version)).toEqual(newest)

          if (expected.length === 0) return
          const place = pick % expected.length
          const linked = await listAnswers(db, visitor, now, { order: 'helpful', at: expected[place], version })
          const start = place - (place % ANSWERS_A_PAGE)
          expect(linked.rows.map(answer => answer.id)).toEqual(expected.slice(start, start + ANSWERS_A_PAGE))
          expect(linked.isFirst).toBe(start === 0)
        }),
      ),
      { numRuns: 250, seed: 20261124 },
    ),
  30_000,
)
