import type { AuthenticationResponseJSON, AuthenticatorTransport, RegistrationResponseJSON } from '@simplewebauthn/server'
import { and, asc, eq } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import type { Actor } from './actor.ts'
import { accountPasskeys } from './schema.ts'

/** Loaded with the first passkey: with what it reads certificates by it takes 5 MB. */
const webauthn = () => import('@simplewebauthn/server')

/** Where passkeys belong: a name, not a number, so that a site reached by its address alone has none. */
export type Place = { origin: string; host: string; name: string }

/** The place of passkeys for a site's address; undefined where browsers would refuse to make any. */
export function placeOf(siteUrl: string, name: string): Place | undefined {
  const { origin, hostname, protocol } = new URL(siteUrl)
  const isName = /[a-z]/i.test(hostname) && !hostname.includes(':')
  return isName && (protocol === 'https:' || hostname === 'localhost') ? { origin, host: hostname, name } : undefined
}

/** A member's passkeys, the oldest first. */
export const listPasskeys = (db: Db, accountId: number) =>
  db.select().from(accountPasskeys).where(eq(accountPasskeys.accountId, accountId)).orderBy(asc(accountPasskeys.createdAt))

const known = async (db: Db, accountId: number) =>
  (await listPasskeys(db, accountId)).map(({ id, transports }) => ({ id, transports: transports as AuthenticatorTransport[] }))

/** What a browser needs to make a passkey. */
export async function optionsToMake(db: Db, actor: Actor, place: Place) {
  return (await webauthn()).generateRegistrationOptions({
    rpName: place.name,
    rpID: place.host,
    userName: actor.handle,
    userDisplayName: actor.name,
    userID: new TextEncoder().encode(`hiroba:${actor.id}`),
    attestationType: 'none',
    excludeCredentials: await known(db, actor.id),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
  })
}

/** Keeps a passkey a browser has made for this challenge. False when what it sent is not that. */
export async function keepPasskey(
  tx: Db,
  actor: Actor,
  place: Place,
  { answer, challenge, name }: { answer: unknown; challenge: string; name: string },
): Promise<boolean> {
  const verified = await (await webauthn())
    .verifyRegistrationResponse({
      response: answer as RegistrationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: place.origin,
      expectedRPID: place.host,
      requireUserVerification: false,
    })
    .catch(() => undefined)
  const credential = verified?.verified ? verified.registrationInfo?.credential : undefined
  if (!credential) return false
  const { id, publicKey, counter, transports = [] } = credential
  const values = { id, accountId: actor.id, publicKey: Buffer.from(publicKey), counter, transports, name }
  const kept = await tx.insert(accountPasskeys).values(values).onConflictDoNothing().returning({ id: accountPasskeys.id })
  return kept.length > 0
}

/** What a browser needs to use one of an account's passkeys; undefined when it has none. */
export async function optionsToUse(db: Db, accountId: number, place: Place) {
  const allowCredentials = await known(db, accountId)
  if (allowCredentials.length === 0) return undefined
  return (await webauthn()).generateAuthenticationOptions({ rpID: place.host, allowCredentials, userVerification: 'preferred' })
}

/** Whether a browser has signed this challenge with one of the account's passkeys. */
export async function takePasskey(
  tx: Db,
  accountId: number,
  place: Place,
  { answer, challenge }: { answer: unknown; challenge: string },
): Promise<boolean> {
  const response = answer as AuthenticationResponseJSON
  const [key] = await tx
    .select()
    .from(accountPasskeys)
    .where(and(eq(accountPasskeys.accountId, accountId), eq(accountPasskeys.id, String(response?.id ?? ''))))
  if (!key) return false
  const verified = await (await webauthn())
    .verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: place.origin,
      expectedRPID: place.host,
      requireUserVerification: false,
      credential: {
        id: key.id,
        publicKey: new Uint8Array(key.publicKey),
        counter: key.counter,
        transports: key.transports as AuthenticatorTransport[],
      },
    })
    .catch(() => undefined)
  if (!verified?.verified) return false
  await tx
    .update(accountPasskeys)
    .set({ counter: verified.authenticationInfo.newCounter, usedAt: new Date() })
    .where(eq(accountPasskeys.id, key.id))
  return true
}
