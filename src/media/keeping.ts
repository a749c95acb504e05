import { NoRoom } from '../platform/errors.ts'
import type { Storage } from '../platform/storage.ts'
import { storedAt } from './paths.ts'

export type NamedFile = { name: string; data: Buffer }

/**
 * Stores files, then does `then` with the database; should either fail, nothing of the files stays.
 * Throws NoRoom when the store is full.
 */
export async function keepFiles<T>(storage: Storage, files: NamedFile[], then: () => Promise<T>): Promise<T> {
  try {
    for (const { name, data } of files) await storage.put(placeOf(name), data, { contentType: 'image/webp' })
    return await then()
  } catch (error) {
    // A file that was begun may lie there in part.
    await Promise.allSettled(files.map(({ name }) => storage.delete(placeOf(name))))
    throw isFull(error) ? new NoRoom('the store is full', { cause: error }) : error
  }
}

function placeOf(name: string): string {
  const place = storedAt(name)
  if (!place) throw new Error(`${name} is no name for a file`)
  return place
}

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'QuotaExceeded', 'InsufficientStorage', 'XMinioStorageFull'])

function isFull(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (FULL.has((cause as { code?: string }).code ?? '') || FULL.has(cause.name)) return true
  return false
}
