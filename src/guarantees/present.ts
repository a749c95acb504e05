import type { Actor } from '../accounts/actor.ts'
import { companyPath, productPath } from '../companies/paths.ts'
import { nameIn } from '../companies/present.ts'
import { dayText, type Locale, type Translate } from '../platform/i18n.ts'
import { postPath } from '../topics/paths.ts'
import { presentAuthor } from '../topics/present.ts'
import { certificatePath, guaranteePath, offerPath } from './paths.ts'
import { canGuarantee } from './policy.ts'
import type { BesideGuarantee, BesideTopic, Guarantee, GuaranteeLine, ScopeLine } from './queries.ts'
import type { HistoryRow } from './schema.ts'
import { isInForce, lastWord } from './standing.ts'

const endOf = (day: string) => new Date(`${day}T12:00:00+09:00`)

/** From which version to which, in words; nothing where a guarantee holds for all of them. */
export function rangeText({ from, to }: Pick<ScopeLine, 'from' | 'to'>, t: Translate): string {
  if (from && to) return from === to ? t('guarantees.range.one', { from }) : t('guarantees.range.both', { from, to })
  if (from) return t('guarantees.range.from', { from })
  return to ? t('guarantees.range.to', { to }) : ''
}

/** The products of a guarantee as its seal says them: `AX-3200 / 2.3 on`. */
export const scopeText = (scope: ScopeLine[], locale: Locale, t: Translate) =>
  scope.map(line => [nameIn(line, locale), rangeText(line, t)].filter(Boolean).join(' / ')).join(t('guarantees.range.and'))

/** The green head above a guaranteed answer: who vouches, for what, until when. */
export function presentSeal(guarantee: BesideGuarantee, locale: Locale, t: Translate) {
  const company = nameIn(guarantee.company, locale)
  const [scope, validUntil] = [scopeText(guarantee.scope, locale, t), endOf(guarantee.validUntil)]
  return {
    code: guarantee.code,
    path: certificatePath(guarantee),
    says: t('guarantees.says', { company }),
    shortly: t('guarantees.shortly', { company, scope, until: dayText(locale, validUntil) }),
    scope,
    validUntil,
  }
}

/** What stands at an answer whose guarantee is not in force: over, stopped, taken back, with its reason. */
export function presentNote(guarantee: BesideGuarantee, locale: Locale, t: Translate) {
  const company = nameIn(guarantee.company, locale)
  const isBad = guarantee.state === 'recalled' || guarantee.state === 'revoked'
  return {
    isBad,
    path: certificatePath(guarantee),
    label: t(`guarantees.note.${guarantee.state}`),
    text: t(`guarantees.noteText.${guarantee.state}`, { company }),
    reason: isBad || guarantee.state === 'suspended' ? guarantee.reason : undefined,
  }
}

type Answer = Parameters<typeof canGuarantee>[1] & { id: number; revision: number }

/** What is vouched for on an answer: seals in force, else the last word there was. */
export function presentStanding(answer: { id: number; revision: number }, all: BesideGuarantee[], locale: Locale, t: Translate) {
  const own = all.filter(({ postId }) => postId === answer.id)
  const inForce = own.filter(guarantee => isInForce(guarantee, answer))
  const last = lastWord(own, answer)
  return {
    isGuaranteed: inForce.length > 0,
    seals: inForce.map(guarantee => presentSeal(guarantee, locale, t)),
    scopes: inForce.flatMap(({ scope }) => scope),
    guaranteeNote: last && presentNote(last, locale, t),
  }
}

/** The same for a topic's page, with whether this reader may vouch himself. */
export function presentGuarantees(
  answer: Omit<Answer, 'topic'>,
  topic: Answer['topic'],
  all: BesideGuarantee[],
  actor: Actor,
  t: Translate,
) {
  const { locale } = actor.preferences
  const given = all.filter(({ postId, state }) => postId === answer.id && state === 'given').map(({ company }) => company.id)
  return {
    ...presentStanding(answer, all, locale, t),
    offers: actor.companies
      .filter(company => canGuarantee(actor, { ...answer, topic }, company.id) && !given.includes(company.id))
      .map(company => ({ path: offerPath(company, answer), label: t('guarantees.offer.as', { company: nameIn(company, locale) }) })),
  }
}

/** The versions a reader may say he has, where guarantees hold for some of them alone. */
export function presentVersions(
  { versions, products }: BesideTopic,
  chosen: number | undefined,
  isNeeded: boolean,
  locale: Locale,
  t: Translate,
) {
  if (!versions || !isNeeded) return undefined
  const nameOf = new Map((products ?? []).map(product => [product.id, nameIn(product, locale)]))
  const options = versions.map(({ id, productId, label }) => ({
    value: id,
    label: [nameOf.get(productId), label].filter(Boolean).join(' '),
    isChosen: id === chosen,
  }))
  return [{ value: '', label: t('guarantees.version.any'), isChosen: !options.some(option => option.isChosen) }, ...options]
}

/** Whether a guarantee's scope holds for a version of a product. */
export const holdsFor = (scope: ScopeLine[], version: { productId: number; position: number }) =>
  scope.some(
    ({ productId, fromPosition, toPosition }) =>
      productId === version.productId &&
      (fromPosition ?? 0) <= version.position &&
      version.position <= (toPosition ?? Number.MAX_SAFE_INTEGER),
  )

/** A certificate's page: everything it vouches for, and its whole history in sentences. */
export function presentCertificate(guarantee: Guarantee & { isReadable: boolean }, locale: Locale, t: Translate) {
  const { company, terms, state, isReadable, topic, post } = guarantee
  const name = nameIn(company, locale)
  const writer = presentAuthor(guarantee.writer, post.capacity, locale, t)
  return {
    code: guarantee.code,
    state,
    isInForce: state === 'given',
    stateLabel: t(`guarantees.states.${state}`),
    company: { name, path: companyPath(company) },
    says: t(state === 'given' ? 'guarantees.certificate.says' : `guarantees.certificate.was.${state}`, { company: name }),
    question: isReadable ? topic.title : t('guarantees.certificate.notReadable'),
    answerPath: isReadable ? postPath(topic, post) : undefined,
    writer,
    scope: guarantee.scope.map(line => ({
      path: productPath(company, line),
      name: nameIn(line, locale),
      range: [line.from || line.to ? (locale === 'en' && line.versionWordEn) || line.versionWordJa : '', rangeText(line, t)]
        .filter(Boolean)
        .join(' '),
    })),
    conditions: terms.conditions.split('\n').filter(Boolean),
    evidenceUrl: terms.evidenceUrl || undefined,
    evidenceFile: guarantee.evidenceFile ? { path: `${certificatePath(guarantee)}/evidence`, name: guarantee.evidenceName } : undefined,
    term: t('guarantees.certificate.term', {
      from: dayText(locale, endOf(guarantee.validFrom)),
      until: dayText(locale, endOf(guarantee.validUntil)),
    }),
    checkedBy: terms.checkedBy,
    revision: t('guarantees.certificate.revision', {
      number: guarantee.revision,
      digest: `${guarantee.digest.slice(0, 4)}…${guarantee.digest.slice(-4)}`,
    }),
    digest: guarantee.digest,
    bodyHtml: isReadable ? guarantee.bodyHtml : undefined,
    isOlder: guarantee.revision !== post.revision,
    history: presentHistory(guarantee.history, locale, t),
    jsonPath: `${certificatePath(guarantee)}.json`,
  }
}

/** A guarantee's history in sentences, from the day it began; what went on inside the company is not told. */
export function presentHistory(rows: HistoryRow[], locale: Locale, t: Translate) {
  const first = rows.findIndex(({ state }) => state === 'given')
  return rows.flatMap((row, index) => {
    if (index < first || row.state === 'asked' || row.state === 'pending') return []
    const key = index === first ? 'began' : sentenceOf(row, rows[index - 1])
    const until = dayText(locale, endOf(row.validUntil))
    return [{ at: row.at, text: t(`guarantees.history.${key}`, { until }), reason: row.reason || undefined }]
  })
}

function sentenceOf(row: HistoryRow, before?: HistoryRow): string {
  if (row.deed === 'rechecked' && before?.state === 'given') return 'lookedAgain'
  if (row.deed === 'confirmed' || row.deed === 'rechecked' || row.deed === 'resumed') return 'goesOn'
  if (row.deed === 'declined') return 'notConfirmed'
  if (row.deed === 'suspended') return row.by === 'operator' ? 'stoppedByOperator' : 'edited'
  return row.deed === 'revoked' && row.by === 'withdrawal' ? 'withdrawn' : row.deed
}

/** A guarantee as a line of a list. */
export function presentLine(line: GuaranteeLine, locale: Locale, t: Translate) {
  return {
    code: line.code,
    path: certificatePath(line),
    managePath: guaranteePath(line.company, line),
    title: line.topic.title,
    excerpt: line.post.excerpt,
    answerPath: postPath(line.topic, line.post),
    company: nameIn(line.company, locale),
    writer: line.writer.name,
    scope: scopeText(line.scope, locale, t),
    stateLabel: t(line.renewalAskedAt && line.state === 'given' ? 'guarantees.renewalDue' : `guarantees.states.${line.state}`),
    isGiven: line.state === 'given',
    isAsked: line.state === 'asked',
    isWarm: line.state !== 'given' || line.renewalAskedAt !== null,
    validUntil: endOf(line.validUntil),
  }
}
