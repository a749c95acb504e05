import { presentMark } from '../accounts/present.ts'
import type { Translate } from '../platform/i18n.ts'
import type { CertificationInQueue, CertificationLine } from './certification_queries.ts'
import { nameOf, SCHEMES } from './certification_schemes.ts'

const WAITS = ['waiting', 'second_look']

/** A certification as its holder sees it: where it stands, and until when. */
export function presentCertification(line: CertificationLine, t: Translate) {
  const waits = WAITS.includes(line.state)
  const stands = line.state === 'approved'
  return {
    id: line.id,
    name: nameOf(line)[t.locale ?? 'ja'],
    edition: line.edition,
    issuedOn: new Date(line.issuedOn),
    expiresOn: line.expiresOn ? new Date(line.expiresOn) : undefined,
    reason: line.reason,
    wantsAdvisor: line.wantsAdvisor,
    at: line.createdAt,
    decidedAt: line.decidedAt ?? undefined,
    waits,
    stands,
    // The holder need not know who looks at it, nor how often.
    stateLabel: t(`certification.states.${line.state === 'second_look' ? 'waiting' : line.state}`),
    deletePath: waits || stands ? `/me/certification/${line.id}?_method=DELETE` : undefined,
  }
}

/** A line of the operator's queue. */
export function presentInQueue(line: CertificationInQueue, t: Translate) {
  return {
    ...presentCertification(line, t),
    path: `/admin/certifications/${line.id}`,
    isSecondLook: line.state === 'second_look',
    stateLabel: t(`certification.states.${line.state}`),
    holder: presentHolder(line.holder),
  }
}

/** Who holds it, with the picture of his face. */
export const presentHolder = ({ id, handle, name, avatarKey }: CertificationInQueue['holder']) => ({
  handle,
  name,
  path: `/u/${handle}`,
  avatarUrl: avatarKey ? `/media/${avatarKey}` : undefined,
  initial: [...name][0],
  tone: id % 8,
})

/** The certificates one can choose from, by scheme and by who issues it. */
export function presentSchemes(t: Translate, chosen: unknown) {
  const locale = t.locale ?? 'ja'
  return SCHEMES.map(scheme => ({
    label: `${scheme.name[locale]} · ${scheme.issuer[locale]}`,
    grades: scheme.grades.map(grade => {
      const value = `${scheme.key}/${grade.key}`
      return { value, name: nameOf({ scheme: scheme.key, grade: grade.key })[locale], isChosen: value === chosen }
    }),
  }))
}

/** The mark as it will stand beside the name. */
export const presentMarkOf = (line: Pick<CertificationLine, 'scheme' | 'grade' | 'edition'>, t: Translate) =>
  presentMark({ name: nameOf(line), year: line.edition }, t)
