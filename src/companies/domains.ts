import type { FieldErrors } from '../platform/errors.ts'
import free from './free_mail.json' with { type: 'json' }

const everybodys = new Set(free)

/** A domain as it is kept: without what people copy along with it (`https://www.`, a path, a mailbox). */
export const normalDomain = (typed: string) =>
  typed
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, '')
    .replace(/^.*@/, '')
    .replace(/[/:?#].*$/, '')
    .replace(/^www\./, '')
    .replace(/\.$/, '')

/** Why a domain cannot be a company's own. */
export function domainProblem(domain: string): FieldErrors[string] | undefined {
  if (domain.length > 190 || !/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/.test(domain))
    return 'companies.domain.shape'
  return everybodys.has(domain) ? 'companies.domain.everybodys' : undefined
}

/** The name under which a company puts its key into the DNS, as a TXT record. */
export const recordName = (domain: string) => `_hiroba.${domain}`
export const recordText = (key: string) => `hiroba-domain=${key}`
