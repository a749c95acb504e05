import { eq } from 'drizzle-orm'
import { findReachable, sendLetter } from '../accounts/letters.ts'
import type { EventOf } from '../events.ts'
import type { Services } from '../platform/services.ts'
import { appeals } from './appeals/schema.ts'
import { standingPath } from './sanctions/present.ts'
import { findSanction } from './sanctions/queries.ts'
import { holdAfterFinding } from './sanctions/second_accounts.ts'

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
