import { and, eq, isNull, ne, sql } from 'drizzle-orm'
import { sendLetter } from '../accounts/letters.ts'
import { accounts } from '../accounts/schema.ts'
import { nameIn } from '../companies/present.ts'
import { companies, companyMembers } from '../companies/schema.ts'
import type { EventOf } from '../events.ts'
import { translate } from '../platform/i18n.ts'
import type { Services } from '../platform/services.ts'
import { posts } from '../topics/schema.ts'
import { followHiding, followPost, followVersion, handOver } from './following.ts'
import { certificatePath, guaranteePath } from './paths.ts'
import { versionLabels } from './queries.ts'
import { findDeed, listRelying } from './relying.ts'
import { guarantees } from './schema.ts'

type OfGuarantee = EventOf<'guarantee.asked' | 'guarantee.pending' | 'guarantee.suspended' | 'guarantee.renewal_due' | 'guarantee.expired'>

/** An answer was edited or taken back: what vouches for it follows. */
export const followAnswer = ({ db }: Services, { data }: EventOf<'post.edited' | 'post.withdrawn'>) => followPost(db, data.postId)

/** An answer was hidden, or is shown again. */
export const followHidden = ({ db }: Services, { data }: EventOf<'post.hidden' | 'post.shown'>) => followHiding(db, data)

/** A product has a new version: what holds for it is to be looked at again. */
export const askForVersion = ({ db }: Services, { data }: EventOf<'product.version_added'>) => followVersion(db, data.productId)

/** Somebody left a company. */
export const handOverGuarantees = ({ db }: Services, { data }: EventOf<'company.member_left'>) => handOver(db, data)

/** Asks the writer of an answer whether a company may vouch for it. */
export async function mailWriter(services: Services, { id, data }: OfGuarantee): Promise<void> {
  const found = await find(services, data.guaranteeId)
  if (found?.state !== 'asked' || !found.writer.email) return
  await sendLetter(services, `guarantee-asked:${id}`, found.writer.email, {
    locale: found.writer.locale,
    key: 'guaranteeAsked',
    values: { company: nameIn(found.company, found.writer.locale) },
    link: `${services.siteUrl}/me/guarantees`,
  })
}

/** Tells whoever looks after a guarantee that it stands still, is over or comes to its end. */
export async function mailPersonInCharge(services: Services, { id, name, data }: OfGuarantee): Promise<void> {
  const found = await find(services, data.guaranteeId)
  if (!found) return
  const key = { 'guarantee.suspended': 'guaranteeSuspended', 'guarantee.expired': 'guaranteeExpired' }[name as string] ?? 'guaranteeDue'
  await tellTeam(services, found, key, id, eq(accounts.id, found.personInChargeId))
}

/** Readers say that a guaranteed answer no longer fixes it: whoever looks after it hears of it first, once a week for each answer. */
export async function alarmGuarantor(services: Services, { data }: EventOf<'answer.failing'>): Promise<void> {
  const { db } = services
  const standing = await db
    .select({ id: guarantees.id })
    .from(guarantees)
    .where(and(eq(guarantees.postId, data.postId), eq(guarantees.state, 'given')))
  const labels = await versionLabels(db, data.versionIds)
  for (const { id } of standing) {
    const found = await find(services, id)
    const where = labels.length > 0 ? ` (${labels.join(', ')})` : ''
    if (found)
      await tellTeam(services, found, 'guaranteeFailing', `${id}:${weekOf(new Date())}`, eq(accounts.id, found.personInChargeId), { where })
  }
}

const weekOf = (at: Date) => Math.floor(at.getTime() / (7 * 86_400_000))

/** Asks the others of the team for a second pair of eyes. */
export async function mailSecondPair(services: Services, { id, data }: OfGuarantee): Promise<void> {
  const found = await find(services, data.guaranteeId)
  if (found?.state === 'pending') await tellTeam(services, found, 'guaranteePending', id, ne(accounts.id, found.checkerId))
}

/**
 * A company no longer stands by an answer: everybody who relied on it hears of it with the public reason, and its writer, each once. Whoever
 * ended it knows. A job that was cut off goes on where letters are missing.
 */
export async function mailRelying(services: Services, { name, data }: EventOf<'guarantee.revoked' | 'guarantee.recalled'>): Promise<void> {
  const [found, deed] = await Promise.all([find(services, data.guaranteeId), findDeed(services.db, data)])
  if (!found || !deed) return
  const knows = deed.by === 'withdrawal' ? found.writer.id : data.actorId
  const key = name === 'guarantee.recalled' ? 'guaranteeRecalled' : 'guaranteeRevoked'
  for (let page = await listRelying(services.db, data); page.next; page = await listRelying(services.db, data, page.next))
    for (const { id, email, locale, isWriter } of page.people.filter(person => person.id !== knows))
      await sendLetter(services, `${name}:${found.id}:${data.number}:${id}`, email, {
        locale,
        key: isWriter ? `${key}Own` : key,
        values: { company: nameIn(found.company, locale), reason: deed.reason || translate(locale, 'guarantees.history.withdrawn') },
        link: services.siteUrl + certificatePath(found),
      })
}

/** What a company said of a member's answer has begun, or is over: he hears of it when others did it. */
export async function mailOwnAnswer(
  services: Services,
  { id, name, data }: EventOf<'guarantee.given' | 'guarantee.expired'>,
): Promise<void> {
  const found = await find(services, data.guaranteeId)
  if (!found?.writer.email || found.isOwn || found.writer.id === data.actorId) return
  const { email, locale } = found.writer
  await sendLetter(services, `${name}:${id}:own`, email, {
    locale,
    key: name === 'guarantee.given' ? 'guaranteeGivenOwn' : 'guaranteeExpiredOwn',
    values: { company: nameIn(found.company, locale) },
    link: services.siteUrl + certificatePath(found),
  })
}

type Found = NonNullable<Awaited<ReturnType<typeof find>>>

async function tellTeam(
  services: Services,
  found: Found,
  key: string,
  id: number | string,
  who: ReturnType<typeof eq>,
  more: Record<string, string> = {},
): Promise<void> {
  const team = await services.db
    .select({ id: accounts.id, email: accounts.email, locale: accounts.locale })
    .from(companyMembers)
    .innerJoin(accounts, eq(accounts.id, companyMembers.accountId))
    .where(and(eq(companyMembers.companyId, found.companyId), isNull(companyMembers.leftAt), sql`${accounts.email} is not null`, who))
    .limit(20)
  for (const { id: accountId, email, locale } of team)
    await sendLetter(services, `${key}:${id}:${accountId}`, email ?? '', {
      locale,
      key,
      values: { code: found.code, ...more },
      link: services.siteUrl + guaranteePath(found.company, found),
    })
}

async function find({ db }: Services, id: number) {
  const [row] = await db
    .select({
      guarantee: guarantees,
      company: companies,
      writer: { id: accounts.id, email: accounts.email, locale: accounts.locale },
      forCompany: posts.companyId,
    })
    .from(guarantees)
    .innerJoin(companies, eq(companies.id, guarantees.companyId))
    .innerJoin(posts, eq(posts.id, guarantees.postId))
    .innerJoin(accounts, eq(accounts.id, posts.authorId))
    .where(eq(guarantees.id, id))
  return row && { ...row.guarantee, company: row.company, writer: row.writer, isOwn: row.forCompany === row.guarantee.companyId }
}
