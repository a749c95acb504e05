import { createHash, randomBytes } from 'node:crypto'
import { and, desc, eq, gt, isNotNull, isNull, lt } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { Invalid } from '../platform/errors.ts'
import { companyTokens } from './schema.ts'

/** A link proves a domain, or invites; which of the two, its invitation says. */
type Purpose = 'domain' | 'invitation'
type Wish = { companyId: number; email: string; invitationId?: number }

const DAYS = 7
const DAY = 86_400_000

/** When a link that is made now ends: seven days, because a company's mail is read by turns. */
export const linkEnds = () => new Date(Date.now() + DAYS * DAY)

/** Makes a link's token. Only its hash is kept, so only the mail knows it. */
export async function makeToken(db: Db, wish: Wish): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  await keep(db, wish, hashOf(token))
  return token
}

/** Notes where a mail is wished to until it carries a token: under a hash nobody has the token of. */
export async function noteWish(db: Db, wish: Wish): Promise<void> {
  await keep(db, wish, randomBytes(32))
}

/** The newest mailbox a domain's proof was wished to. */
export async function findWish(db: Db, companyId: number): Promise<string | undefined> {
  const [wish] = await db
    .select({ email: companyTokens.email })
    .from(companyTokens)
    .where(and(eq(companyTokens.companyId, companyId), isNull(companyTokens.invitationId), gt(companyTokens.expiresAt, new Date())))
    .orderBy(desc(companyTokens.expiresAt))
    .limit(1)
  return wish?.email
}

/** What a link is for. Throws Invalid when it is over or made up. */
export async function findToken(db: Db, purpose: Purpose, token: string) {
  const kind = purpose === 'domain' ? isNull(companyTokens.invitationId) : isNotNull(companyTokens.invitationId)
  const [found] = await db
    .select()
    .from(companyTokens)
    .where(and(eq(companyTokens.hash, hashOf(token)), kind, gt(companyTokens.expiresAt, new Date())))
  if (!found) throw new Invalid({ form: 'accounts.link.over' })
  return found
}

/** Forgets links that are over; by the clock. */
export async function sweepCompanyTokens(db: Db): Promise<void> {
  await db.delete(companyTokens).where(lt(companyTokens.expiresAt, new Date()))
}

const hashOf = (token: string) => createHash('sha256').update(token).digest()

async function keep(db: Db, { companyId, email, invitationId }: Wish, hash: Buffer): Promise<void> {
  await db.insert(companyTokens).values({ hash, companyId, email, invitationId, expiresAt: linkEnds() })
}
