import { eq } from 'drizzle-orm'
import { findReachable, sendLetter } from '../accounts/letters.ts'
import type { EventOf } from '../events.ts'
import { dayText } from '../platform/i18n.ts'
import type { Services } from '../platform/services.ts'
import { appeals } from './appeals/schema.ts'
import { type Added, measure } from './heat/measuring.ts'
import { takeSteps } from './heat/stepping.ts'
import { standingPath } from './sanctions/present.ts'
import { findSanction } from './sanctions/queries.ts'
import { holdAfterFinding } from './sanctions/second_accounts.ts'
import { emptySealed } from './sealed/sealing.ts'
import { makeKey } from './takedowns/filing.ts'
import { receiptPath, takedownNumber, viewPath } from './takedowns/present.ts'
import { type Takedown, takedowns } from './takedowns/schema.ts'
import { openVoted } from './voted.ts'

/** Tells a member by mail what was decided about him, for whoever does not look in every day. A reminder is read in the forum. */
export async function mailSanction(services: Services, { data }: EventOf<'sanction.given'>): Promise<void> {
  const [account, sanction] = await Promise.all([findReachable(services.db, data.accountId), findSanction(services.db, data.sanctionId)])
  if (!account || sanction.liftedAt || sanction.kind === 'reminder') return
  await sendLetter(services, `sanction:${sanction.id}`, account.email, {
    locale: account.locale,
    key: `sanction_${sanction.kind}`,
    values: { reason: sanction.words },
    link: services.siteUrl + standingPath,
  })
}

/** Tells a member what became of his objection. */
export async function mailAppealDecided(services: Services, { data }: EventOf<'appeal.decided'>): Promise<void> {
  const [account, [appeal]] = await Promise.all([
    findReachable(services.db, data.accountId),
    services.db.select().from(appeals).where(eq(appeals.id, data.appealId)),
  ])
  if (!account || !appeal?.decidedAt) return
  await sendLetter(services, `appeal:${appeal.id}:${appeal.outcome}`, account.email, {
    locale: account.locale,
    key: appeal.outcome === 'upheld' ? 'appealUpheld' : 'appealKept',
    values: { reason: appeal.answer },
    link: services.siteUrl + standingPath,
  })
}

/** Two accounts may be one person's: what holds for the one is looked at for the other. */
export const holdLikeAccount = ({ db }: Services, { data }: EventOf<'finding.opened' | 'finding.confirmed'>): Promise<void> =>
  holdAfterFinding(db, data.findingId)

/** What warms a topic. */
export type Warming = EventOf<
  | 'topic.asked'
  | 'answer.posted'
  | 'comment.posted'
  | 'post.edited'
  | 'post.hidden'
  | 'post.flagged'
  | 'answer.failing'
  | 'best_answer.unpicked'
  | 'reaction.withdrawn'
>

/** What warms a topic besides posts: flags, posts that had to be hidden, and what readers take back. */
const WEIGHS: Partial<Record<Warming['name'], Added['weighs']>> = {
  'post.hidden': { flags: 1.5 },
  'post.flagged': { flags: 1 },
  'answer.failing': { against: 2 },
  'best_answer.unpicked': { against: 1 },
  'reaction.withdrawn': { against: 0.5 },
}

/** Everything that happens in a topic counts in its heat; what its heat asks for is done. */
export async function measureHeat({ db }: Services, events: Warming[]): Promise<void> {
  const added = events.map(({ id, name, data }) => ({
    ...{ eventId: id, topicId: data.topicId, postId: data.postId },
    ...{ isEdit: name === 'post.edited', weighs: WEIGHS[name] },
  }))
  for (const measured of await measure(db, added)) await takeSteps(db, measured)
}

/** Confirms a request by mail, with a link that opens its receipt. A repeat makes another link and sends nothing. */
export async function mailTakedownReceipt(services: Services, { data }: EventOf<'takedown.filed'>): Promise<void> {
  const [takedown] = await services.db.select().from(takedowns).where(eq(takedowns.id, data.takedownId))
  if (takedown) await mailRequester(services, takedown, 'takedownReceived', `takedown:${takedown.id}`)
}

/** Tells the poster that he is asked, and the requester that the poster is. */
export async function mailTakedownAsked(services: Services, { data }: EventOf<'takedown.asked'>): Promise<void> {
  const [[takedown], poster] = await Promise.all([
    services.db.select().from(takedowns).where(eq(takedowns.id, data.takedownId)),
    findReachable(services.db, data.accountId),
  ])
  if (!takedown?.viewUntil || takedown.outcome) return
  await mailRequester(services, takedown, 'takedownAsked', `takedown-asked:${takedown.id}`)
  if (poster)
    await sendLetter(services, `takedown-view:${takedown.id}`, poster.email, {
      locale: poster.locale,
      key: 'takedownView',
      values: { day: dayText(poster.locale, takedown.viewUntil) },
      link: services.siteUrl + viewPath(takedown),
    })
}

/** Tells both what was decided, and why. */
export async function mailTakedownDecided(services: Services, { data }: EventOf<'takedown.decided'>): Promise<void> {
  const [[takedown], poster] = await Promise.all([
    services.db.select().from(takedowns).where(eq(takedowns.id, data.takedownId)),
    findReachable(services.db, data.accountId),
  ])
  if (!takedown?.outcome) return
  const result = takedown.outcome === 'removed' ? 'Removed' : 'Kept'
  await mailRequester(services, takedown, `takedown${result}`, `takedown-decided:${takedown.id}`, { reason: takedown.answer })
  // Who was never asked hears of it only when something became of his post.
  if (poster && (takedown.askedAt || takedown.outcome === 'removed'))
    await sendLetter(services, `takedown-result:${takedown.id}`, poster.email, {
      locale: poster.locale,
      key: `takedownPoster${result}`,
      values: { reason: takedown.answer },
      link: services.siteUrl + viewPath(takedown),
    })
}

async function mailRequester(
  services: Services,
  takedown: Takedown,
  key: string,
  onceKey: string,
  more: Record<string, string> = {},
): Promise<void> {
  const { email, locale, dueAt, viewUntil } = takedown
  if (!email) return
  const values = {
    number: takedownNumber(takedown),
    due: dayText(locale, dueAt),
    day: viewUntil ? dayText(locale, viewUntil) : '',
    ...more,
  }
  const secret = await makeKey(services.db, takedown.id)
  await sendLetter(services, onceKey, email, { locale, key, values, link: services.siteUrl + receiptPath(secret) })
}
/** A topic that is over: what was handed to a company about it goes. */
export const emptyBox = ({ db }: Services, { data }: EventOf<'topic.closed' | 'topic.withdrawn'>): Promise<void> =>
  emptySealed(db, data.topicId)

/** What members' votes hid waits for a moderator. */
export const lookAtVoted = ({ db }: Services, { data }: EventOf<'post.hidden'>): Promise<void> => openVoted(db, data.postId)
