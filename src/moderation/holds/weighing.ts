import { sql } from 'drizzle-orm'
import { type Actor, isOperator } from '../../accounts/actor.ts'
import type { Db } from '../../platform/db.ts'
import { refuseBlocked } from '../words/blocking.ts'
import { wordsNow } from '../words/keeping.ts'
import { fingerprintOf, NEAR } from './fingerprint.ts'
import { type HoldRules, holdRulesNow } from './settings.ts'

/**
 * What somebody is about to post, and in which boards (its own and the one above); `isMeant` when he was shown the personal data in it and
 * means to show it.
 */
export type Words = { title?: string; body: string; boardIds: number[]; postId?: number; isMeant?: boolean }

export const HOLD_REASONS = ['first_post', 'links', 'word', 'burst', 'alike', 'pictures', 'personal'] as const
export type HoldReason = (typeof HOLD_REASONS)[number]
/** Why a post has to wait, and the places in it that say so. */
export type Weighed = { reasons: HoldReason[]; marks: string[]; print?: bigint }

/** So many posts that stand, and a day, and nobody is a newcomer any more. */
const KNOWN_AFTER = 5
/** So often somebody posted much the same already: once more elsewhere is what people do who are not heard. */
const ALIKE = 2
const MOST_KNOWN = 50_000
const known = new WeakMap<Db, Set<number>>()

/**
 * Whether what somebody is about to post waits for a moderator, and why. Words on the lists count for everybody but the staff; the other
 * rules for newcomers alone. For a member who is known it asks the database nothing. Throws Invalid at `body` for words nobody may post.
 */
export async function weigh(db: Db, actor: Actor, words: Words): Promise<Weighed> {
  const text = [words.title, words.body].filter(Boolean).join('\n')
  await refuseBlocked(db, text, words.boardIds)
  if (isTrusted(actor)) return { reasons: [], marks: [] }
  const bad = (await wordsNow(db)).find(text, words.boardIds).filter(({ word }) => word.action === 'hold')
  const rules = await holdRulesNow(db)
  const links = actor.level === 0 && rules.links > 0 ? linksIn(words.body) : []
  const weighed: Weighed = { reasons: [], marks: [] }
  if (words.isMeant) weighed.reasons.push('personal')
  if (bad.length > 0) weighed.reasons.push('word')
  if (links.length >= rules.links && links.length > 0) weighed.reasons.push('links')
  weighed.marks.push(...bad.map(({ start, end }) => text.slice(start, end)), ...links)
  return actor.level <= 1 && !known.get(db)?.has(actor.id) ? weighNewcomer(db, actor, words, rules, weighed) : weighed
}

/** Nobody has to wait who moderates, runs the site, advises or speaks for a company with its label. */
const isTrusted = (actor: Actor) =>
  isOperator(actor) || actor.role === 'advisor' || actor.moderates.length > 0 || actor.companies.length > 0

async function weighNewcomer(db: Db, actor: Actor, words: Words, rules: HoldRules, weighed: Weighed): Promise<Weighed> {
  const print = rules.repeated ? fingerprintOf(words.body) : undefined
  const { standing, isYoung, topics, alike } = await whatIsKnown(db, actor, print, words.postId)
  const isNew = standing < KNOWN_AFTER
  if (!isNew && !isYoung) remember(db, actor.id)
  const { reasons } = weighed
  if (standing < rules.firstPosts) reasons.push('first_post')
  if (rules.burst > 0 && isYoung && topics >= rules.burst) reasons.push('burst')
  if (isNew && alike >= ALIKE) reasons.push('alike')
  if (standing < rules.pictures && /!\[[^\]]*\]\(/.test(words.body)) reasons.push('pictures')
  return { ...weighed, print: isNew ? print : undefined }
}

type Known = { standing: number; isYoung: boolean; topics: number; alike: number }

/**
 * How many posts of his stand (counted to five), whether he joined within a day, in how many topics he wrote in the last five minutes, and
 * how often a newcomer posted much this text within a week (counted to two).
 */
async function whatIsKnown(db: Db, actor: Actor, print: bigint | undefined, postId = 0): Promise<Known> {
  const alike = sql`(select count(*) from (select from fingerprints f where f.at > now() - interval '7 days' and f.post_id <> ${postId}
    and bit_count((f.print # ${String(print ?? 0)}::bigint)::bit(64)) <= ${NEAR} limit ${sql.raw(String(ALIKE))}) few)::int`
  const standing = sql`(select count(*) from (select from posts where author_id = a.id and hidden_at is null and withdrawn_at is null
    limit ${sql.raw(String(KNOWN_AFTER))}) few)::int`
  const [row] = await db.execute<Known>(sql`
    select ${standing} as standing, a.created_at > now() - interval '1 day' as "isYoung", ${print === undefined ? sql`0` : alike} as alike,
      (select count(distinct topic_id) from posts where author_id = a.id and id <> ${postId} and created_at > now() - interval '5 minutes')::int as topics
    from accounts a where a.id = ${actor.id}`)
  return row ?? { standing: 0, isYoung: true, topics: 0, alike: 0 }
}

function remember(db: Db, id: number): void {
  const ids = known.get(db) ?? new Set()
  if (ids.size >= MOST_KNOWN) ids.clear()
  known.set(db, ids.add(id))
}

/** Addresses a text leads to, each once. */
const linksIn = (body: string) => [...new Set(body.match(/https?:\/\/[^\s<>)\]"'\u3000-\u9fff\uff00-\uffef]+/gi) ?? [])]
