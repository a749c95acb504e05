import { readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import { hashPassword } from '../accounts/passwords.ts'
import { accounts, type Role } from '../accounts/schema.ts'
import { boardModerators, boards, type Kind } from '../boards/schema.ts'
import type { Db } from '../platform/db.ts'
import { plainExcerpt } from '../platform/html.ts'
import type { Services } from '../platform/services.ts'
import { reactions } from '../reactions/schema.ts'
import { reevaluateBadges } from '../reputation/badges.ts'
import { countAllHelp } from '../reputation/helping.ts'
import { decideAllLevels } from '../reputation/levels.ts'
import { rebuild } from '../reputation/rebuilding.ts'
import { refreshDocumentsBetween } from '../search/documents.ts'
import { addenda, posts, revisions, topics } from '../topics/schema.ts'
import { write } from '../topics/writing.ts'
import { seedCases } from './demo_cases.ts'
import { demoStaff, seedCompanies } from './demo_companies.ts'
import { seedDecisions } from './demo_decisions.ts'
import { seedFixes } from './demo_fixes.ts'
import { seedGuarantees } from './demo_guarantees.ts'
import { seedHeat } from './demo_heat.ts'
import { seedInbox } from './demo_inbox.ts'
import { seedInsights } from './demo_insights.ts'
import { seedModeration } from './demo_moderation.ts'
import { seedNotices } from './demo_notices.ts'
import { demoNewcomers, seedPeople } from './demo_people.ts'
import { seedReports } from './demo_reports.ts'
import { seedSearches } from './demo_searches.ts'

const FOLDER = fileURLToPath(new URL('./demo', import.meta.url))
/** Every demo account has this password; the demo is for trying out, never for the open net. */
const PASSWORD = 'hiroba-demo-2026'
const SHOWN = ['operator', 'moderator', 'kanrinin', 'agent', 'advisor', 'member', 'ayu']

type Text = { ja: string; en: string }
type DemoMember = {
  handle: string
  name: string
  role: Role
  about: string
  locale: 'ja' | 'en'
  boards: string[]
  moderates: string[]
  joinedDaysAgo: number
}
type DemoBoard = { slug: string; name: Text; description: Text; rules: Text; kinds: Kind[]; children?: DemoBoard[] }
type DemoComment = { author: string; minutesAfter: number; body: string }
type DemoAnswer = DemoComment & {
  helpful: number
  thanks: number
  best?: boolean
  edited?: { body: string; minutesAfter: number; reason: string }
  comments?: DemoComment[]
}
type DemoTopic = {
  board: string
  kind: Kind
  title: string
  author: string
  daysAgo: number
  body: string
  tags: string[]
  meToo?: number
  views?: number
  addendum?: { body: string; minutesAfter: number }
  closed?: boolean
  answers: DemoAnswer[]
}

const read = (file: string) => JSON.parse(readFileSync(join(FOLDER, file), 'utf8'))

/** The demo's log-ins, as they are printed after the address. */
export function demoAccounts(): string {
  const members: DemoMember[] = read('members.json')
  const staff = demoStaff()
  const rows = SHOWN.map(
    handle =>
      `  ${handle.padEnd(10)} ${staff.get(handle) ?? members.find(member => member.handle === handle)?.role ?? 'member who is new'}`,
  )
  return `\n  Log in with any of these handles and the password ${PASSWORD}\n${rows.join('\n')}\n  Company people take a second step: hirobademo01, the next time hirobademo02, up to 99\n`
}

/**
 * Fills an empty forum with the demo community. Each of the two steps is marked when it is done: a start that was killed goes on
 * where it stopped, one that was finished does nothing twice. All times count back from now.
 */
export async function seedDemo({ db, search, storage, log }: Services): Promise<void> {
  await db.transaction(async tx => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('demo'))`)
    if (await isMarked(tx, 'demo')) return
    const people = await seedMembers(tx)
    const places = await seedBoards(tx, people)
    await seedTopics(tx, people, places)
    await seedCompanies(tx, people)
    await seedGuarantees(tx, people)
    await seedFixes(tx)
    await seedReports(tx)
    await seedInbox(tx, read('inbox.json'))
    await seedPeople(tx, storage, people)
    await writeEvents(tx)
    await mark(tx, 'demo')
  })
  if (await isMarked(db, 'demo.searchable')) return
  await refreshDocumentsBetween(db, search, 1, Number.MAX_SAFE_INTEGER)
  await search.refresh()
  await rebuild(db)
  await decideAllLevels(db)
  await seedSearches(db, search)
  await countAllHelp(db)
  await reevaluateBadges(db)
  await seedCases(db)
  await seedModeration(db)
  await seedHeat(db)
  await seedDecisions(db)
  await seedNotices(db)
  await seedInsights(db)
  await mark(db, 'demo.searchable')
  log.info('the demo community moved in')
}

const isMarked = async (db: Db, name: string) => (await db.execute(sql`select from site_settings where name = ${name}`)).length > 0
const mark = (db: Db, name: string) =>
  db.execute(sql`insert into site_settings (name, value) values (${name}, 'true') on conflict do nothing`)

type Ids = Map<string, number>
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000)

async function seedMembers(tx: Db): Promise<Ids> {
  const members: DemoMember[] = read('members.json')
  const passwordHash = await hashPassword(PASSWORD)
  const rows = members.map(({ handle, name, role, about, locale, moderates, joinedDaysAgo }) => {
    const createdAt = ago(joinedDaysAgo * 1440)
    return {
      handle,
      name,
      role,
      about,
      locale,
      email: `${handle}@example.com`,
      passwordHash,
      moderates: moderates.length > 0,
      confirmedAt: createdAt,
      createdAt,
    }
  })
  const newcomers = demoNewcomers().map(row => ({ ...row, passwordHash }))
  const inserted = await tx
    .insert(accounts)
    .values([...rows, ...newcomers])
    .returning({ id: accounts.id, handle: accounts.handle })
  return new Map(inserted.map(row => [row.handle, row.id]))
}

async function seedBoards(tx: Db, people: Ids): Promise<Map<string, { id: number; rootId: number }>> {
  const places = new Map<string, { id: number; rootId: number }>()
  const insert = async (board: DemoBoard, position: number, parentId: number | null) => {
    const { slug, name, description, rules, kinds } = board
    const values = {
      slug,
      parentId,
      position,
      kinds,
      nameJa: name.ja,
      nameEn: name.en,
      descriptionJa: description.ja,
      descriptionEn: description.en,
      rulesJa: rules.ja,
      rulesEn: rules.en,
    }
    const [row] = await tx.insert(boards).values(values).returning({ id: boards.id })
    const id = row?.id ?? 0
    places.set(slug, { id, rootId: parentId ?? id })
    for (const [index, child] of (board.children ?? []).entries()) await insert(child, index, id)
  }
  for (const [index, board] of (read('boards.json') as DemoBoard[]).entries()) await insert(board, index, null)
  for (const member of read('members.json') as DemoMember[]) {
    const accountId = people.get(member.handle) ?? 0
    for (const slug of member.moderates) await tx.insert(boardModerators).values({ accountId, boardId: places.get(slug)?.id ?? 0 })
    const interests = member.boards.flatMap(slug => places.get(slug)?.id ?? [])
    await tx.update(accounts).set({ boardIds: interests }).where(sql`${accounts.id} = ${accountId}`)
  }
  return places
}

async function seedTopics(tx: Db, people: Ids, places: Map<string, { id: number; rootId: number }>): Promise<void> {
  const all: DemoTopic[] = []
  for await (const file of glob('topics/*.json', { cwd: FOLDER })) all.push(...read(file))
  all.sort((a, b) => b.daysAgo - a.daysAgo)
  for (const topic of all) await seedTopic(tx, topic, people, places)
  await tx.execute(sql`update boards set topic_count = (select count(*) from topics where board_id = boards.id)`)
  await tx.execute(
    sql`update topics set is_first = true where id in (select min(id) from topics where kind = 'question' group by author_id)`,
  )
}

async function seedTopic(tx: Db, demo: DemoTopic, people: Ids, places: Map<string, { id: number; rootId: number }>): Promise<void> {
  const start = demo.daysAgo * 1440
  const place = places.get(demo.board) ?? { id: 0, rootId: 0 }
  const written = await write(tx, demo.body)
  const later = demo.answers.flatMap(answer => [answer.minutesAfter, ...(answer.comments ?? []).map(comment => comment.minutesAfter)])
  const asker = people.get(demo.author) ?? 0
  const [topic] = await tx
    .insert(topics)
    .values({
      boardId: place.id,
      rootBoardId: place.rootId,
      kind: demo.kind,
      title: demo.title,
      excerpt: plainExcerpt(written.bodyText, 120),
      tags: demo.tags,
      authorId: asker,
      answerCount: demo.answers.length,
      postCount: 1 + later.length,
      viewCount: demo.views ?? 0,
      createdAt: ago(start),
      activeAt: ago(start - Math.max(0, ...later)),
      ...(demo.closed && { closedAt: ago(Math.max(0, start - 2 * Math.max(60, ...later))), closedById: asker }),
    })
    .returning({ id: topics.id })
  const topicId = topic?.id ?? 0
  const openingId = await seedPost(tx, { topicId, kind: 'opening', author: asker, at: start, body: demo.body })
  await seedReactions(tx, { postId: openingId, kind: 'me_too', count: demo.meToo ?? 0, at: start, author: asker }, people)
  if (demo.addendum)
    await tx
      .insert(addenda)
      .values({ postId: openingId, createdAt: ago(start - demo.addendum.minutesAfter), ...(await wordsOf(tx, demo.addendum.body)) })
  const best = await seedAnswers(tx, demo, topicId, people)
  await tx
    .update(topics)
    .set({ openingId, meTooCount: demo.meToo ?? 0, ...best })
    .where(sql`${topics.id} = ${topicId}`)
}

type Best = Partial<Pick<typeof topics.$inferInsert, 'bestAnswerId' | 'bestPickedById' | 'bestPickedAt' | 'solvedAt'>>

const pickedBest = (bestAnswerId: number, bestPickedById: number, at: Date): Best => ({
  bestAnswerId,
  bestPickedById,
  bestPickedAt: at,
  solvedAt: at,
})

async function seedAnswers(tx: Db, demo: DemoTopic, topicId: number, people: Ids): Promise<Best> {
  const start = demo.daysAgo * 1440
  let best: Best = {}
  for (const answer of demo.answers) {
    const author = people.get(answer.author) ?? 0
    const at = start - answer.minutesAfter
    const id = await seedPost(tx, { topicId, kind: 'answer', author, at, body: answer.edited?.body ?? answer.body })
    if (answer.edited) await seedVersions(tx, id, author, answer, start)
    await seedReactions(tx, { postId: id, kind: 'helpful', count: answer.helpful, at, author }, people)
    await seedReactions(tx, { postId: id, kind: 'thanks', count: answer.thanks, at, author }, people)
    for (const comment of answer.comments ?? [])
      await seedPost(tx, {
        topicId,
        kind: 'comment',
        parentId: id,
        author: people.get(comment.author) ?? 0,
        at: start - comment.minutesAfter,
        body: comment.body,
      })
    await tx
      .update(posts)
      .set({ commentCount: answer.comments?.length ?? 0 })
      .where(sql`${posts.id} = ${id}`)
    if (answer.best) best = pickedBest(id, people.get(demo.author) ?? 0, ago(Math.max(0, at - 30)))
  }
  return best
}

type DemoPost = { topicId: number; kind: 'opening' | 'answer' | 'comment'; parentId?: number; author: number; at: number; body: string }

async function seedPost(tx: Db, { topicId, kind, parentId, author, at, body }: DemoPost): Promise<number> {
  const values = { topicId, kind, parentId, authorId: author, createdAt: ago(at), ...(await write(tx, body)) }
  const [row] = await tx.insert(posts).values(values).returning({ id: posts.id })
  return row?.id ?? 0
}

async function seedVersions(tx: Db, postId: number, editorId: number, answer: DemoAnswer, start: number): Promise<void> {
  if (!answer.edited) return
  const { body, minutesAfter, reason } = answer.edited
  const editedAt = ago(start - minutesAfter)
  const versions = [
    { postId, number: 1, editorId, body: answer.body, createdAt: ago(start - answer.minutesAfter) },
    { postId, number: 2, editorId, body, reason, createdAt: editedAt },
  ]
  await tx.insert(revisions).values(versions)
  await tx.update(posts).set({ revision: 2, editedAt }).where(sql`${posts.id} = ${postId}`)
}

type DemoReactions = { postId: number; kind: 'helpful' | 'thanks' | 'me_too'; count: number; at: number; author: number }

/** Reactions by real members, not by companies' people, chosen by turns so that the same demo looks the same everywhere. */
async function seedReactions(tx: Db, { postId, kind, count, at, author }: DemoReactions, people: Ids): Promise<void> {
  const staff = demoStaff()
  const others = [...people].flatMap(([handle, id]) => (id === author || staff.has(handle) ? [] : [id]))
  const chosen = Array.from({ length: Math.min(count, others.length) }, (_, index) => others[(postId * 7 + index) % others.length] ?? 0)
  if (chosen.length === 0) return
  const given = chosen.map((accountId, index) => ({ postId, accountId, kind, createdAt: ago(at / (1.02 + index / 3)) }))
  await tx.insert(reactions).values(given)
  await tx.execute(
    sql`update reactions r set brings = false from accounts a where r.post_id = ${postId} and a.id = r.account_id and a.role = 'operator'`,
  )
  const column = { helpful: 'helpfulCount', thanks: 'thanksCount', me_too: 'meTooCount' } as const
  await tx
    .update(posts)
    .set({ [column[kind]]: chosen.length })
    .where(sql`${posts.id} = ${postId}`)
}

/** What the demo's members have done, as the events it would have recorded: points and whatever counts from events know their causes. */
async function writeEvents(tx: Db): Promise<void> {
  await tx.execute(sql`
    insert into events (name, data, at)
    select e.name, jsonb_build_object('topicId', t.id, 'boardId', t.board_id, 'actorId', e.actor, 'postId', e.post) || e.more, e.at from (
      select topic_id, case kind when 'opening' then 'topic.asked' when 'answer' then 'answer.posted' else 'comment.posted' end as name,
        author_id as actor, id as post, '{}'::jsonb as more, created_at as at from posts
      union all select p.topic_id, 'reaction.given', r.account_id, p.id, jsonb_build_object('kind', r.kind), r.created_at
        from reactions r join posts p on p.id = r.post_id
      union all select id, 'best_answer.picked', author_id, best_answer_id, '{}', solved_at from topics where best_answer_id is not null) e
    join topics t on t.id = e.topic_id order by e.at`)
}

async function wordsOf(tx: Db, body: string): Promise<{ body: string; bodyHtml: string }> {
  const written = await write(tx, body)
  return { body: written.body, bodyHtml: written.bodyHtml }
}
