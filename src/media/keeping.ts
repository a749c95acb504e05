import { NoRoom } from '../platform/errors.ts'
import type { Storage } from '../platform/storage.ts'

export type PlacedFile = { place: string; data: Buffer }

/**
 * Stores files, then does `then` with the database; should either fail, nothing of the files stays.
 * Throws NoRoom when the store is full.
 */
export async function keepFiles<T>(storage: Storage, files: PlacedFile[], then: () => Promise<T>): Promise<T> {
  try {
    for (const { place, data } of files) await storage.put(place, data, { contentType: 'image/webp' })
    return await then()
  } catch (error) {
    // A file that was begun may lie there in part.
    await Promise.allSettled(files.map(({ place }) => storage.delete(place)))
    throw isFull(error) ? new NoRoom('the store is full', { cause: error }) : error
  }
}

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'QuotaExceeded', 'InsufficientStorage', 'XMinioStorageFull'])

function isFull(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (FULL.has((cause as { code?: string }).code ?? '') || FULL.has(cause.name)) return true
  return false
}
