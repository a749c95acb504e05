import { createHash } from 'node:crypto'

/** Who says whether an answer fixed it: `device` is the mark his browser keeps, `visitor` tells him apart for a day without one. */
export type Reader = { device: string; visitor: string }

/** A mark as it is kept: what stands in the database cannot be put into a browser. */
export const kept = (mark: string) => createHash('sha256').update(`fixes ${mark}`).digest().subarray(0, 16)
