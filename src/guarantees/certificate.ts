import { dayInJapan } from './days.ts'
import { certificatePath } from './paths.ts'
import type { Guarantee } from './queries.ts'

/** What a certificate says to machines: every state with its time, and what exactly is vouched for. Words of people only where they may be read. */
export function certificateOf(guarantee: Guarantee & { isReadable: boolean }, siteUrl: string, answerPath: string, now = new Date()) {
  const { code, company, state, history, isReadable, terms } = guarantee
  return {
    type: 'https://schema.org/Certification',
    issuer: siteUrl,
    code,
    url: siteUrl + certificatePath(guarantee),
    state,
    inForce: state === 'given' && guarantee.validUntil >= dayInJapan(now),
    asOf: now.toISOString(),
    company: { name: company.nameJa, nameEn: company.nameEn, corporateNumber: company.corporateNumber, domain: company.domain },
    question: isReadable ? { title: guarantee.topic.title } : null,
    answer: {
      url: siteUrl + answerPath,
      revision: guarantee.revision,
      sha256: guarantee.digest,
      ...(isReadable && { text: guarantee.body }),
    },
    products: guarantee.scope.map(({ nameJa, nameEn, from, to }) => ({ name: nameJa, nameEn, fromVersion: from, toVersion: to })),
    conditions: terms.conditions,
    validFrom: guarantee.validFrom,
    validUntil: guarantee.validUntil,
    checkedBy: terms.checkedBy,
    evidence: terms.evidenceUrl || null,
    history: history
      .filter(({ state }) => state !== 'asked' && state !== 'pending')
      .map(({ number, at, deed, by, reason, revision, digest, validUntil, state }) => ({
        ...{ number, at: at.toISOString(), deed, by, state, revision, sha256: digest, validUntil },
        ...(reason && { reason }),
      })),
  }
}

/** Where the public half of the key lies, for whoever checks a certificate. */
export const keyAddress = '/.well-known/hiroba-guarantee-key'
