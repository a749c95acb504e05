import { randomBytes } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import { inTurn, UPLOADS } from '../media/pictures.ts'
import type { Db } from '../platform/db.ts'
import { ensure, Invalid } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import type { Storage } from '../platform/storage.ts'
import { throttle } from '../platform/throttle.ts'
import { canLookAfter } from './policy.ts'
import { type GuaranteeRow, guarantees } from './schema.ts'

const KINDS = { pdf: 'application/pdf', webp: 'image/webp' } as const
const MOST_BYTES = 8_000_000

/** Where an evidence lies in the store. Its name says what it is; nothing else is ever handed out. */
export const evidencePlace = (file: string) => `evidence/${file.slice(0, 2)}/${file}`

/** How an evidence is handed out: always to be kept, never to be run in the page's place. */
export const evidenceType = (file: string) => KINDS[file.endsWith('.pdf') ? 'pdf' : 'webp']

/**
 * Keeps a file that shows why a guarantee holds: a PDF as it is, a picture encoded anew. It goes to the store first. Throws Invalid at
 * `evidence` for anything else, TooMany after 40 in ten minutes.
 */
export async function addEvidence(
  { db, storage }: { db: Db; storage: Storage },
  actor: Actor,
  guarantee: GuaranteeRow,
  { file, name }: { file: Buffer; name: string },
): Promise<void> {
  ensure(canLookAfter(actor, guarantee), 'errors.refused')
  await throttle(db, `pictures:${actor.id}`, UPLOADS)
  const { ending, data } = await readFile(file)
  const key = `${randomBytes(16).toString('base64url')}.${ending}`
  await storage.put(evidencePlace(key), data, { contentType: KINDS[ending] })
  const before = guarantee.evidenceFile
  await keep(db, guarantee, key, name).catch(async error => {
    await storage.delete(evidencePlace(key)).catch(() => {})
    throw error
  })
  if (before) await storage.delete(evidencePlace(before)).catch(() => {})
}

async function readFile(file: Buffer): Promise<{ ending: keyof typeof KINDS; data: Buffer }> {
  if (file.length > MOST_BYTES) throw new Invalid({ evidence: 'guarantees.evidence.tooLarge' })
  if (file.subarray(0, 5).toString('latin1') === '%PDF-') return { ending: 'pdf', data: file }
  const { encodePicture } = await import('../media/encoding.ts') // large, and many processes never see a picture
  const sized = await inTurn(() => encodePicture(file)).catch(() => {
    throw new Invalid({ evidence: 'guarantees.evidence.wrongType' })
  })
  const largest = sized.at(-1)
  if (!largest) throw new Invalid({ evidence: 'guarantees.evidence.wrongType' })
  return { ending: 'webp', data: largest.data }
}

async function keep(db: Db, { id, companyId }: GuaranteeRow, key: string, name: string): Promise<void> {
  await db.transaction(async tx => {
    await tx
      .update(guarantees)
      .set({ evidenceFile: key, evidenceName: name.replace(/\p{C}/gu, '').slice(0, 100) })
      .where(eq(guarantees.id, id))
    await record(tx, 'guarantee.evidence_added', { guaranteeId: id, companyId })
  })
}
