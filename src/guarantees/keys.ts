import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import canonicalize from 'canonicalize'
import { desc, sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { guaranteeKeys } from './schema.ts'

/** The public half as others keep it: a JSON Web Key (RFC 8037). */
export type PublicKey = { kty: string; crv: string; x: string; kid: string; use: 'sig'; alg: 'EdDSA' }

/** A JSON document with the site's signature beside it. */
export type Signed<T> = { certificate: T; signature: { algorithm: 'Ed25519'; keyId: string; value: string } }

/** The site's key for signing, made at the first start. Many processes may start at once: they agree on one. */
export async function openKey(db: Db): Promise<{ publicKey: PublicKey; signed<T>(certificate: T): Signed<T> }> {
  const { id, privateKey, publicKey } = (await findKey(db)) ?? (await makeKey(db))
  const key = createPrivateKey(privateKey)
  return {
    publicKey: publicKey as PublicKey,
    signed: certificate => ({
      certificate,
      signature: { algorithm: 'Ed25519', keyId: id, value: sign(null, bytesOf(certificate), key).toString('base64url') },
    }),
  }
}

/** Every public key this site has had, the newest first. */
export async function listPublicKeys(db: Db): Promise<PublicKey[]> {
  const rows = await db.select({ publicKey: guaranteeKeys.publicKey }).from(guaranteeKeys).orderBy(desc(guaranteeKeys.createdAt))
  return rows.map(({ publicKey }) => publicKey as PublicKey)
}

/** Whether a document says what it said when it was signed with one of these keys. Any change to it, and any other key, is told. */
export function isGenuine(document: unknown, keys: PublicKey[]): boolean {
  const { certificate, signature } = (document ?? {}) as Partial<Signed<unknown>>
  const key = keys.find(({ kid }) => kid === signature?.keyId)
  if (!key || signature?.algorithm !== 'Ed25519' || typeof signature.value !== 'string' || typeof certificate !== 'object') return false
  return verify(null, bytesOf(certificate), keyOf(key), Buffer.from(signature.value, 'base64url'))
}

const keyOf = ({ kty, crv, x }: PublicKey): KeyObject => createPublicKey({ key: { kty, crv, x }, format: 'jwk' })

/** What is signed: the document in its one canonical form (RFC 8785), so that spaces and the order of names do not matter. */
const bytesOf = (certificate: unknown): Buffer => Buffer.from(canonicalize(certificate) ?? '')

async function findKey(db: Db) {
  const [key] = await db.select().from(guaranteeKeys).orderBy(desc(guaranteeKeys.createdAt)).limit(1)
  return key
}

async function makeKey(db: Db) {
  return db.transaction(async tx => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('guarantee_keys'))`)
    const made = await findKey(tx)
    if (made) return made
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const { kty = '', crv = '', x = '' } = publicKey.export({ format: 'jwk' })
    const [key] = await tx
      .insert(guaranteeKeys)
      .values({
        id: thumbprint({ crv, kty, x }),
        privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        publicKey: { kty, crv, x, kid: thumbprint({ crv, kty, x }), use: 'sig', alg: 'EdDSA' },
      })
      .returning()
    if (!key) throw new Error('a key was not inserted')
    return key
  })
}

/** A key's name is its own thumbprint (RFC 7638). */
const thumbprint = (key: { crv: string; kty: string; x: string }) =>
  createHash('sha256')
    .update(canonicalize(key) ?? '')
    .digest('base64url')
