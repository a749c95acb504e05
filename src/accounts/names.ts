import type { FieldErrors } from '../platform/errors.ts'
import reserved from './reserved.json' with { type: 'json' }

type Problem = FieldErrors[string] | undefined

export const NAME_MAX = 30
const handles = new Set(reserved.handles)
const names = new Set(reserved.names)

/** The handle as it is kept: small letters, without the @ people put before it. */
export const normalHandle = (typed: string) => typed.normalize('NFKC').trim().replace(/^@/, '').toLowerCase()

/** Why a handle cannot be taken by its shape; whether it is free, only the database knows. */
export function handleProblem(handle: string): Problem {
  if (!/^[a-z][a-z0-9_]{2,19}$/.test(handle)) return 'accounts.handle.shape'
  return handles.has(handle) ? 'accounts.handle.taken' : undefined
}

/** A name as it is kept: no signs that hide, turn or stack text, single spaces. */
export const normalName = (typed: string) =>
  typed
    .normalize('NFC')
    .replace(/\p{C}/gu, '')
    .replace(/\p{M}{3,}/gu, '')
    .replace(/\s+/gu, ' ')
    .trim()

/** Why a name cannot be used: empty, too long, or one that readers would take for the site's own staff. */
export function nameProblem(name: string, { mayBeStaff = false } = {}): Problem {
  if (!/[\p{L}\p{N}]/u.test(name)) return 'accounts.name.empty'
  if ([...name].length > NAME_MAX) return { key: 'accounts.name.tooLong', values: { max: NAME_MAX } }
  return !mayBeStaff &&
    names.has(
      name
        .normalize('NFKC')
        .replace(/[\s・._-]/gu, '')
        .toLowerCase(),
    )
    ? 'accounts.name.reserved'
    : undefined
}

/** An address as it is kept and compared. */
export const normalEmail = (typed: string) => typed.normalize('NFKC').trim().toLowerCase()

/** Why an address cannot be one that mail reaches. Nothing passes that could name a second recipient. */
export function emailProblem(email: string): Problem {
  const looksRight = /^[^\s@<>()[\]\\,;:"]{1,64}@(?=.{4,190}$)([\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}]{2,}$/u.test(email)
  return looksRight ? undefined : 'accounts.email.shape'
}

/** Throws nothing itself: keeps the fields that have a problem. */
export const onlyProblems = (fields: Record<string, Problem>): FieldErrors =>
  Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, FieldErrors[string]] => entry[1] !== undefined))
