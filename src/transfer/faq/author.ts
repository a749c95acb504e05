import { eq } from 'drizzle-orm'
import { accounts } from '../../accounts/schema.ts'
import type { Db } from '../../platform/db.ts'

const IMPORTER = { handle: 'faq', name: 'FAQ' }

/**
 * The account imported topics are written by: the one with this handle, or the import's own, which nobody can log in with.
 * Throws a sentence where there is no such member, or somebody else has the import's handle.
 */
export async function findAuthor(db: Db, handle?: string): Promise<number> {
  const wanted = handle?.trim().replace(/^@/, '').toLowerCase() ?? IMPORTER.handle
  if (!handle)
    await db
      .insert(accounts)
      .values({ ...IMPORTER, confirmedAt: new Date() })
      .onConflictDoNothing()
  const [account] = await db.select().from(accounts).where(eq(accounts.handle, wanted))
  if (!account || account.closedAt) throw new Error(`There is no member @${wanted}.`)
  if (!handle && (account.email || account.passwordHash))
    throw new Error(`@${IMPORTER.handle} is a member of his own here: name the author with --author.`)
  return account.id
}
