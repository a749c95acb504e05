import { Readable } from 'node:stream'
import { eq } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import { findAccount } from '../accounts/queries.ts'
import { sessions } from '../accounts/schema.ts'
import { pictures } from '../media/schema.ts'
import type { Db } from '../platform/db.ts'
import { reactions } from '../reactions/schema.ts'
import { badgeGrants } from '../reputation/people/schema.ts'
import { drafts } from '../topics/schema.ts'
import {
  addendaOf,
  appealsOf,
  applicationsOf,
  BATCH,
  certificationsOf,
  fixesOf,
  membershipsOf,
  passkeysOf,
  pointsOf,
  postsOf,
  sanctionsOf,
} from './account_export_rows.ts'

/**
 * Everything the forum keeps of a member, as one JSON text that streams however much he wrote. No hashes, no keys.
 * (Act on the Protection of Personal Information, Art. 33: disclosure to the person.)
 */
export function exportAccount(db: Db, actor: Actor): Readable {
  return Readable.from(write(db, actor), { objectMode: false })
}

async function* write(db: Db, actor: Actor): AsyncGenerator<string> {
  const { id, handle, email, name, role, about, boardIds, locale, typeSize, theme, confirmedAt, createdAt } = await findAccount(
    db,
    actor.id,
  )
  yield `{\n"exportedAt": ${JSON.stringify(new Date())},\n"profile": ${JSON.stringify({ id, handle, email, name, role, about, boardIds, locale, typeSize, theme, confirmedAt, createdAt })}`
  yield* list(
    'posts',
    after => postsOf(db, id, after),
    post => post.id,
  )
  yield* list(
    'addenda',
    after => addendaOf(db, id, after),
    addendum => addendum.id,
  )
  yield* once(
    'reactions',
    await db
      .select({ postId: reactions.postId, kind: reactions.kind, createdAt: reactions.createdAt })
      .from(reactions)
      .where(eq(reactions.accountId, id)),
  )
  yield* list(
    'points',
    after => pointsOf(db, id, after),
    entry => entry.id,
  )
  yield* once(
    'drafts',
    await db.select({ place: drafts.place, content: drafts.content, savedAt: drafts.savedAt }).from(drafts).where(eq(drafts.accountId, id)),
  )
  yield* once(
    'pictures',
    await db
      .select({ key: pictures.key, alt: pictures.alt, widths: pictures.widths, createdAt: pictures.createdAt })
      .from(pictures)
      .where(eq(pictures.accountId, id)),
  )
  yield* once(
    'sessions',
    await db
      .select({ device: sessions.device, address: sessions.address, createdAt: sessions.createdAt, seenAt: sessions.seenAt })
      .from(sessions)
      .where(eq(sessions.accountId, id)),
  )
  yield* once('sanctions', await sanctionsOf(db, id))
  yield* once('appeals', await appealsOf(db, id))
  yield* once('passkeys', await passkeysOf(db, id))
  yield* once('memberships', await membershipsOf(db, id))
  yield* once('companyApplications', await applicationsOf(db, id))
  yield* list(
    'fixes',
    after => fixesOf(db, id, after),
    fix => fix.id,
  )
  yield* once('certifications', await certificationsOf(db, id))
  yield* once(
    'badges',
    await db
      .select({ badge: badgeGrants.badge, grantedAt: badgeGrants.grantedAt, hiddenAt: badgeGrants.hiddenAt })
      .from(badgeGrants)
      .where(eq(badgeGrants.accountId, id)),
  )
  yield '\n}\n'
}

async function* once(name: string, rows: unknown[]): AsyncGenerator<string> {
  yield `,\n"${name}": ${JSON.stringify(rows)}`
}

/** A list read in batches by id, so that nothing is held but the batch. */
async function* list<Row>(name: string, read: (after: number) => Promise<Row[]>, idOf: (row: Row) => number): AsyncGenerator<string> {
  yield `,\n"${name}": [`
  let isFirst = true
  for (let rows = await read(0); rows.length > 0; rows = rows.length < BATCH ? [] : await read(Math.max(...rows.map(idOf)))) {
    yield `${isFirst ? '\n' : ',\n'}${rows.map(row => JSON.stringify(row)).join(',\n')}`
    isFirst = false
  }
  yield ']'
}
