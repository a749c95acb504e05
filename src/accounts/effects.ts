import { sql } from 'drizzle-orm'
import type { EventOf } from '../events.ts'
import type { Services } from '../platform/services.ts'
import { findReachable, type Reachable, sendLetter } from './letters.ts'
import { findByEmail } from './signup.ts'
import { findWish, makeToken } from './tokens.ts'

type AccountEvent = EventOf<
  | 'account.signed_up'
  | 'account.signup_repeated'
  | 'account.confirmation_asked'
  | 'account.reset_asked'
  | 'account.password_changed'
  | 'account.two_step_changed'
  | 'account.email_change_asked'
  | 'account.closed'
>

/** Sends the link that confirms an address. A repeat makes another link and sends nothing. */
export async function mailConfirmation(services: Services, { id, data }: AccountEvent): Promise<void> {
  const account = await findReachable(services.db, data.accountId)
  if (!account || account.confirmedAt) return
  const token = await makeToken(services.db, 'confirm', { accountId: account.id, email: account.email })
  await sendLetter(services, `confirm:${id}`, account.email, {
    locale: account.locale,
    key: 'confirm',
    values: { handle: account.handle },
    link: `${services.siteUrl}/confirm/${token}`,
  })
}

/** Tells the owner of an address that somebody signed up with it again; at most four times a day, whoever keeps trying. */
export async function mailKnownAddress(services: Services, { data }: AccountEvent): Promise<void> {
  const account = await findReachable(services.db, data.accountId)
  if (account) await sendKnown(services, account)
}

/** Sends the link to choose a new password. Nobody (id 0) asked when there was no such account. */
export async function mailReset(services: Services, { id, data }: AccountEvent): Promise<void> {
  const account = await findReachable(services.db, data.accountId)
  if (!account) return
  const token = await makeToken(services.db, 'reset', { accountId: account.id, email: account.email })
  await sendLetter(services, `reset:${id}`, account.email, {
    locale: account.locale,
    key: 'reset',
    values: { handle: account.handle },
    link: `${services.siteUrl}/reset/${token}`,
  })
}

/** Tells a member that his password was changed. */
export async function mailPasswordChanged(services: Services, { id, data }: AccountEvent): Promise<void> {
  const account = await findReachable(services.db, data.accountId)
  if (account)
    await sendLetter(services, `password:${id}`, account.email, {
      locale: account.locale,
      key: 'passwordChanged',
      values: { handle: account.handle },
      link: `${services.siteUrl}/reset`,
    })
}

/** Tells a member that his second step at log-in was changed. */
export async function mailTwoStepChanged(services: Services, { id, data }: AccountEvent): Promise<void> {
  const account = await findReachable(services.db, data.accountId)
  if (account)
    await sendLetter(services, `two-step:${id}`, account.email, {
      locale: account.locale,
      key: 'twoStepChanged',
      values: { handle: account.handle },
      link: `${services.siteUrl}/me/two-step`,
    })
}

/** Sends the link to the new address, and tells the old one. If somebody has the new one, he is told instead. */
export async function mailEmailChange(services: Services, { id, data }: AccountEvent): Promise<void> {
  const account = await findReachable(services.db, data.accountId)
  const wish = account && (await findWish(services.db, 'change', account.id))
  if (!wish) return
  const { locale, handle } = account
  await sendLetter(services, `change-old:${id}`, account.email, {
    locale,
    key: 'changeOld',
    values: { handle },
    link: `${services.siteUrl}/reset`,
  })
  const owner = await findByEmail(services.db, wish.email)
  if (owner) return sendKnown(services, { ...owner, email: wish.email })
  const token = await makeToken(services.db, 'change', wish)
  await sendLetter(services, `change-new:${id}`, wish.email, {
    locale,
    key: 'changeNew',
    values: { handle },
    link: `${services.siteUrl}/email/${token}`,
  })
}

/** Removes what a member who left leaves outside his account: his picture, words he never posted, boards he looked after. */
export async function clearAway({ db, storage }: Services, { data }: AccountEvent): Promise<void> {
  await storage.deleteAll(`avatars/${data.accountId}/`)
  await db.execute(sql`delete from drafts where account_id = ${data.accountId}`)
  await db.execute(sql`delete from board_moderators where account_id = ${data.accountId}`)
}

async function sendKnown(services: Services, { id, email, locale, handle }: Reachable): Promise<void> {
  const quarterOfDay = Math.floor(Date.now() / 21_600_000)
  await sendLetter(services, `known:${id}:${quarterOfDay}`, email, {
    locale,
    key: 'known',
    values: { handle },
    link: `${services.siteUrl}/login`,
  })
}
