import { findReachable, sendLetter } from '../accounts/letters.ts'
import { listOperators } from '../accounts/queries.ts'
import type { EventOf } from '../events.ts'
import { dayText } from '../platform/i18n.ts'
import type { Services } from '../platform/services.ts'
import { forgetCertifications, notePictureDeleted } from './certification.ts'
import { findCertificationNow } from './certification_queries.ts'
import { nameOf } from './certification_schemes.ts'
import { type Settling, settle } from './ledger.ts'
import { decideLevels } from './levels.ts'
import { postsOfTopic, postsOnceBest } from './queries.ts'

type CertificationEvent = EventOf<
  'certification.applied' | 'certification.second_look_asked' | 'certification.decided' | 'certification.expiring' | 'certification.ended'
>

/** The giver's reaction to one post. */
export async function settleReaction(services: Services, { id, data }: EventOf<'reaction.given' | 'reaction.withdrawn'>): Promise<void> {
  await settleAndDecide(services, { posts: [data.postId], from: data.actorId, eventId: id })
}

/** Everything one post brings. */
export async function settlePost(services: Services, { id, data }: EventOf<'answer.posted' | 'post.withdrawn'>): Promise<void> {
  await settleAndDecide(services, { posts: [data.postId], eventId: id })
}

/** The answer that is the best now, and those that were. */
export async function settleBest(services: Services, { id, data }: EventOf<'best_answer.picked' | 'best_answer.unpicked'>): Promise<void> {
  await settleAndDecide(services, { posts: [data.postId, ...(await postsOnceBest(services.db, data.topicId))], eventId: id })
}

/** Everything a topic brings. */
export async function settleTopic(services: Services, { id, data }: EventOf<'topic.withdrawn'>): Promise<void> {
  await settleAndDecide(services, { posts: await postsOfTopic(services.db, data.topicId), eventId: id })
}

/** Whose points moved may have reached a level, or lost one. */
async function settleAndDecide({ db }: Services, settling: Settling): Promise<void> {
  await decideLevels(db, await settle(db, settling))
}

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
