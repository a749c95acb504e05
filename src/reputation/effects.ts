import { findReachable, sendLetter } from '../accounts/letters.ts'
import { endGuide, noteFirstAnswers } from '../accounts/newcomer.ts'
import { listOperators } from '../accounts/queries.ts'
import type { EventOf } from '../events.ts'
import type { Db } from '../platform/db.ts'
import { dayText, translate } from '../platform/i18n.ts'
import type { Services } from '../platform/services.ts'
import { postsBetween } from './abuse/finding_queries.ts'
import type { MeasureName } from './badge_measures.ts'
import { grantBadges, reevaluateBadgesOf } from './badges.ts'
import { forgetCertifications, notePictureDeleted } from './certification.ts'
import { findCertificationNow } from './certification_queries.ts'
import { nameOf } from './certification_schemes.ts'
import { findDecidedContest } from './contest_queries.ts'
import { heldUntil } from './contesting.ts'
import { countHelpOf, settleAndCount } from './helping.ts'
import type { Settling } from './ledger.ts'
import { decideLevels } from './levels.ts'
import { isWaiting } from './newcomer_queries.ts'
import { levelPath } from './paths.ts'
import { levelName } from './present.ts'
import { authorsOf, isOpening, membersOf, postsOfTopic, postsOnceBest } from './queries.ts'

type CertificationEvent = EventOf<
  'certification.applied' | 'certification.second_look_asked' | 'certification.decided' | 'certification.expiring' | 'certification.ended'
>

const AT_ONCE = 300

/** The giver's reaction to one post. */
export async function settleReaction(services: Services, { id, data }: EventOf<'reaction.given' | 'reaction.withdrawn'>): Promise<void> {
  await settleAndDecide(services, { posts: [data.postId], from: data.actorId, eventId: id }, BROUGHT_BY[data.kind])
}

const BROUGHT_BY: Record<string, MeasureName[]> = { helpful: ['helpful'], thanks: ['thankers'], me_too: [] }
const BROUGHT_BY_ANSWERING: MeasureName[] = ['answers', 'months', 'firstsAnswered', 'quick']

/** Everything these posts bring; the events are of one name. */
export async function settlePosts(services: Services, events: EventOf<OfPost | OfGuarantee>[]): Promise<void> {
  const settling = { posts: events.map(({ data }) => data.postId), eventId: events.map(({ id }) => id) }
  await settleAndDecide(services, settling, events[0]?.name === 'answer.posted' ? BROUGHT_BY_ANSWERING : HELPERS)
}

type OfPost = 'answer.posted' | 'post.withdrawn' | 'post.hidden' | 'post.shown' | 'suggestion.accepted'

/** Whatever puts an answer under a guarantee or takes it out. */
type OfGuarantee = `guarantee.${'given' | 'pending' | 'rechecked' | 'resumed' | 'suspended' | 'expired' | 'revoked' | 'recalled'}`

/** The answer that is the best now, and those that were. */
export async function settleBest(services: Services, { id, data }: EventOf<'best_answer.picked' | 'best_answer.unpicked'>): Promise<void> {
  const posts = [data.postId, ...(await postsOnceBest(services.db, data.topicId))]
  await settleAndDecide(services, { posts, eventId: id }, ['solved', 'boardsSolved', 'rescued'])
}

/** Everything a topic brings. */
export async function settleTopic(
  services: Services,
  { id, data }: EventOf<'topic.withdrawn' | 'topic.merged' | 'topic.hidden' | 'topic.shown'>,
): Promise<void> {
  await settleAndDecide(services, { posts: await postsOfTopic(services.db, data.topicId), eventId: id })
}

/** One topic became two: everything both bring. */
export async function settleParted(services: Services, { id, data }: EventOf<'topic.split'>): Promise<void> {
  for (const topicId of [data.topicId, data.newId])
    await settleAndDecide(services, { posts: await postsOfTopic(services.db, topicId), eventId: id })
}

/** Everything between the members of a finding: countered when it was confirmed, counted again when that was overturned. */
export async function settleFinding(services: Services, { id, data }: EventOf<'finding.confirmed' | 'finding.overturned'>): Promise<void> {
  const posts = await postsBetween(services.db, data.findingId)
  for (let at = 0; at < posts.length; at += AT_ONCE) await settleAndDecide(services, { posts: posts.slice(at, at + AT_ONCE), eventId: id })
  await reevaluateBadgesOf(services.db, await membersOf(services.db, data.findingId))
}

/** Whose points moved may have reached a level, or lost one; whose answers they were for may have earned a badge by these `measures`. */
async function settleAndDecide({ db }: Services, settling: Settling, measures = HELPERS): Promise<void> {
  const { moved, helpers } = await settleAndCount(db, settling)
  await decideLevels(db, moved)
  await grantBadges(db, helpers, measures)
}

const HELPERS: MeasureName[] = ['answers', 'solved', 'helpful', 'months', 'boardsSolved', 'thankers', 'firstsAnswered', 'quick', 'rescued']

/** Tells the operators that a certificate waits for a look; not the one who holds it. */
export async function mailCheckers(services: Services, { id, name, data }: CertificationEvent): Promise<void> {
  const again = name === 'certification.second_look_asked'
  for (const { id: operatorId, email, locale } of await listOperators(services.db))
    if (operatorId !== data.accountId)
      await sendLetter(services, `certification:${id}:${operatorId}`, email, {
        locale,
        key: again ? 'certificationSecondLook' : 'certificationWaits',
        link: `${services.siteUrl}/admin/certifications/${data.certificationId}`,
      })
}

/** Tells the holder what became of his certificate: approved, declined, about to end, ended. */
export async function mailHolder(services: Services, { id, name, data }: CertificationEvent): Promise<void> {
  const [account, certification] = await Promise.all([
    findReachable(services.db, data.accountId),
    findCertificationNow(services.db, data.certificationId),
  ])
  // Whoever took it back himself knows.
  if (!account || !certification || certification.state === 'withdrawn') return
  const state = name === 'certification.expiring' ? 'Expiring' : (LETTERS[certification.state] ?? 'Ended')
  const { locale } = account
  await sendLetter(services, `certification:${id}`, account.email, {
    locale,
    key: `certification${state}`,
    values: {
      name: nameOf(certification)[locale],
      reason: certification.reason,
      day: certification.expiresOn ? dayText(locale, new Date(certification.expiresOn)) : '',
    },
    link: `${services.siteUrl}/me/certification`,
  })
}

const LETTERS: Record<string, string> = { approved: 'Approved', declined: 'Declined', expired: 'Ended', revoked: 'Revoked' }

/** Tells a member what became of his objection, with the operator's reason. */
export async function mailContester(services: Services, { data }: EventOf<'contest.decided'>): Promise<void> {
  const [account, contest] = await Promise.all([
    findReachable(services.db, data.accountId),
    findDecidedContest(services.db, data.contestId),
  ])
  if (!account || !contest) return
  const { locale } = account
  await sendLetter(services, `contest:${contest.id}`, account.email, {
    locale,
    key: contest.level === null ? 'contestKept' : 'contestChanged',
    values: {
      reason: contest.reason,
      level: contest.level === null ? '' : levelName(contest.level, (key, values) => translate(locale, key, values)),
      day: dayText(locale, heldUntil(contest.decidedAt)),
    },
    link: services.siteUrl + levelPath(account),
  })
}

/** Deletes the picture of a certificate that was decided, and writes down that it is gone. */
export async function deletePicture({ db, storage }: Services, { data }: CertificationEvent): Promise<void> {
  const certification = await findCertificationNow(db, data.certificationId)
  if (!certification?.picture || certification.state === 'waiting' || certification.state === 'second_look') return
  if (await storage.exists(certification.picture)) await storage.delete(certification.picture)
  await notePictureDeleted(db, data.certificationId)
}

/** Who left takes his certificates along. */
export const endCertifications = ({ db }: Services, { data }: EventOf<'account.closed'>): Promise<void> =>
  forgetCertifications(db, data.accountId)

/** Tells a mentor that a newcomer waits for an answer, unless one has come meanwhile. */
export async function mailMentor(services: Services, { data }: EventOf<'mentor.called'>): Promise<void> {
  const [account, waits] = await Promise.all([findReachable(services.db, data.accountId), isWaiting(services.db, data.topicId)])
  if (account && waits)
    await sendLetter(services, `mentor:${data.topicId}:${data.accountId}`, account.email, {
      locale: account.locale,
      key: 'mentorCalled',
      link: `${services.siteUrl}/t/${data.topicId}`,
    })
}

/** Somebody's first answer is known from now on. */
export const noteAnswers = ({ db }: Services, events: EventOf<'answer.posted'>[]): Promise<void> =>
  noteFirstAnswers(
    db,
    events.map(({ data }) => data.actorId),
  )

/** Whoever has asked needs no guide any more. */
export const noteQuestion = ({ db }: Services, { data }: EventOf<'topic.asked'>): Promise<void> => endGuide(db, data.actorId)

/** A topic that moved, or got other tags or products, takes the help in it along. */
export async function recountTopic(
  { db }: Services,
  { data }: EventOf<'topic.changed' | 'topic.moved' | 'post.edited' | 'topic.products_named'>,
): Promise<void> {
  if ('postId' in data && !(await isOpening(db, data.postId))) return
  await countHelpOf(db, await postsOfTopic(db, data.topicId))
}

/** Badges for what somebody did himself. */
export const badgeForThanks = ({ db }: Services, { data }: EventOf<'reaction.given'>): Promise<void> =>
  data.kind === 'thanks' ? grantBadges(db, [data.actorId], ['thanksGiven']) : badgeForTopic(db, data.topicId)
export const badgeForAddendum = ({ db }: Services, { data }: EventOf<'addendum.added'>): Promise<void> =>
  grantBadges(db, [data.actorId], ['addenda'])
export const badgeForPick = ({ db }: Services, { data }: EventOf<'best_answer.picked'>): Promise<void> => badgeForTopic(db, data.topicId)
export const badgeForTalk = async ({ db }: Services, events: EventOf<'answer.posted'>[]): Promise<void> => {
  const topicIds = events.map(({ data }) => data.topicId)
  await grantBadges(db, await authorsOf(db, topicIds, 'comparison'), ['comparisons'])
}
export const badgeForCertificate = ({ db }: Services, { data }: EventOf<'certification.decided'>): Promise<void> =>
  grantBadges(db, [data.accountId], ['certified'])

/** Badges for whoever opened a topic, when something happened to it. */
async function badgeForTopic(db: Db, topicId: number): Promise<void> {
  await grantBadges(db, await authorsOf(db, [topicId]), ['picked', 'tips', 'comparisons'])
}
