import { createHash, randomBytes } from 'node:crypto'
import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Actor } from '../../accounts/actor.ts'
import { emailProblem, normalEmail } from '../../accounts/names.ts'
import { keepProof } from '../../media/proofs.ts'
import type { Db } from '../../platform/db.ts'
import { type FieldErrors, Invalid, Refused } from '../../platform/errors.ts'
import type { Locale } from '../../platform/i18n.ts'
import { record } from '../../platform/outbox.ts'
import type { Storage } from '../../platform/storage.ts'
import { findPost, type Post } from '../../topics/page_queries.ts'
import { withoutHidden } from '../../topics/writing.ts'
import { DECISION_DAYS, endOfDays } from './clocks.ts'
import { type RELATIONS, type Right, type Takedown, takedownKeys, takedownProofs, takedowns } from './schema.ts'

export type Request = {
  post: string
  right: Right
  relation: (typeof RELATIONS)[number]
  name: string
  email: string
  words: string
  draftKey: string
  locale: Locale
}

export const WORDS_LETTERS = 2000
const NAME_LETTERS = 100
const MOST_PROOFS = 5

/**
 * Takes a request to take a post down, from anybody. Resolves to the secret that opens its receipt; sending the form again opens the
 * same request. Throws Invalid at the fields.
 */
export async function fileTakedown(db: Db, actor: Actor, typed: Request): Promise<string> {
  const post = await postNamed(db, actor, typed.post)
  const person = readPerson(typed, post)
  return db.transaction(async tx => {
    const { right, relation, draftKey, locale } = typed
    const values = { postId: post?.id ?? 0, right, relation, draftKey, locale, ...person, dueAt: endOfDays(DECISION_DAYS) }
    const [filed] = await tx.insert(takedowns).values(values).onConflictDoNothing().returning({ id: takedowns.id })
    const [known] = filed ? [filed] : await tx.select({ id: takedowns.id }).from(takedowns).where(eq(takedowns.draftKey, draftKey))
    if (filed) await record(tx, 'takedown.filed', { takedownId: filed.id })
    return makeKey(tx, known?.id ?? 0)
  })
}

/** Another secret for the same receipt. Only its hash is kept. */
export async function makeKey(tx: Db, takedownId: number): Promise<string> {
  const key = randomBytes(24).toString('base64url')
  await tx.insert(takedownKeys).values({ hash: hashOf(key), takedownId })
  return key
}

export const hashOf = (key: string) => createHash('sha256').update(key).digest()

/** Adds a picture as proof, as long as nothing is decided. Throws Invalid at `picture`, Refused. */
export async function addProof(stores: { db: Db; storage: Storage }, takedown: Takedown, file: Buffer): Promise<void> {
  const { db } = stores
  if ((await db.$count(takedownProofs, eq(takedownProofs.takedownId, takedown.id))) >= MOST_PROOFS)
    throw new Invalid({ picture: { key: 'takedowns.errors.mostProofs', values: { most: MOST_PROOFS } } })
  // Requests are no members: each is counted for itself.
  await keepProof(stores, { id: -takedown.id }, file, place =>
    db.transaction(async tx => {
      const open = and(eq(takedowns.id, takedown.id), isNull(takedowns.decidedAt))
      const [standing] = await tx.select({ id: takedowns.id }).from(takedowns).where(open).for('update')
      if (!standing) throw new Refused('takedowns.errors.decided')
      await tx.insert(takedownProofs).values({ takedownId: takedown.id, place })
    }),
  )
}

/** The post an address or a number names, as this reader sees it. */
async function postNamed(db: Db, actor: Actor, typed: string): Promise<Post | undefined> {
  const text = typed.normalize('NFKC').trim()
  const id = Number(/(?:#post-|\/posts\/|[?&]at=|^#?)(\d{1,15})\D*$/.exec(text)?.[1] ?? 0)
  if (id) return findPost(db, actor, id).catch(() => undefined)
  const topicId = Number(/\/t\/(\d{1,15})(?:\D|$)/.exec(text)?.[1] ?? 0)
  if (!topicId) return undefined
  const [opening] = await db.execute<{ id: number }>(sql`select opening_id::int as id from topics where id = ${topicId}`)
  return opening?.id ? findPost(db, actor, opening.id).catch(() => undefined) : undefined
}

function readPerson(typed: Request, post: Post | undefined): { name: string; email: string; words: string } {
  const name = withoutHidden(typed.name).replace(/\s+/g, ' ').trim()
  const email = normalEmail(typed.email)
  const words = withoutHidden(typed.words.replace(/\r\n?/g, '\n')).trim()
  const tooLong = (text: string, limit: number) => ([...text].length > limit ? { key: 'form.tooLong', values: { limit } } : undefined)
  const problems: Record<string, FieldErrors[string] | undefined> = {
    post: post && !post.withdrawnAt ? undefined : 'takedowns.errors.noSuchPost',
    name: name ? tooLong(name, NAME_LETTERS) : 'form.required',
    email: emailProblem(email),
    words: words ? tooLong(words, WORDS_LETTERS) : 'form.required',
  }
  const found = Object.fromEntries(
    Object.entries(problems).filter((entry): entry is [string, FieldErrors[string]] => entry[1] !== undefined),
  )
  if (Object.keys(found).length > 0) throw new Invalid(found)
  return { name, email, words }
}
