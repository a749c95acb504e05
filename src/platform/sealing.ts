import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Seals texts with the site's key (AES-256-GCM): `about` says what it belongs to, and has to be the same when it is opened. */
export type Sealing = { seal(text: string, about: string): Buffer; unseal(sealed: Buffer, about: string): string }

/** Opens the site's key: the one that is set, or one of its own in `dataDir`, made at the first start and readable by its owner alone. */
export async function openSealing({ dataDir, key }: { dataDir: string; key?: string }): Promise<Sealing> {
  const secret = key ? keyFrom(key) : await ownKey(join(dataDir, 'seal.key'))
  return {
    seal(text, about) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', secret, nonce).setAAD(Buffer.from(about))
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed])
    },
    unseal(sealed, about) {
      const decipher = createDecipheriv('aes-256-gcm', secret, sealed.subarray(0, NONCE_BYTES)).setAAD(Buffer.from(about))
      decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
      return decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
    },
  }
}

function keyFrom(text: string): Buffer {
  const key = Buffer.from(text, 'base64')
  if (key.length !== KEY_BYTES) throw new Error('SEAL_KEY must be 32 bytes in base64: openssl rand -base64 32')
  return key
}

/** Of processes that start at once one makes the key, and all have the same. */
async function ownKey(file: string): Promise<Buffer> {
  await writeFile(file, randomBytes(KEY_BYTES).toString('base64'), { mode: 0o600, flag: 'wx' }).catch(error => {
    if (error.code !== 'EEXIST') throw error
  })
  return keyFrom((await readFile(file, 'utf8')).trim())
}
