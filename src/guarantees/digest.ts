import { createHash } from 'node:crypto'

/** What a guarantee binds to: SHA-256, in hexadecimal digits, of the number of the revision, a line break, and the answer as it was written. */
export const digestOf = ({ body, revision }: { body: string; revision: number }): string =>
  createHash('sha256').update(`${revision}\n${body}`).digest('hex')
