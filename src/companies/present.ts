import type { Actor } from '../accounts/actor.ts'
import type { CompanyRole } from '../accounts/schema.ts'
import { presentPicture } from '../media/present.ts'
import { type Locale, numberText, type Translate } from '../platform/i18n.ts'
import { recordName, recordText } from './domains.ts'
import { applicationPath, companyPath, managePath, productPath } from './paths.ts'
import { canRun, canSpeakFor } from './policy.ts'
import type { Named, Product, TopicProduct } from './product_queries.ts'
import type { CompanyRow, ProductRow } from './schema.ts'

type Names = { nameJa: string; nameEn: string }

/** A name in the reader's language; the Japanese one where there is no English. */
export const nameIn = ({ nameJa, nameEn }: Names, locale: Locale) => (locale === 'en' && nameEn) || nameJa

/** A company as pages and lists show it. */
export function presentCompany(
  company: Pick<CompanyRow, 'id' | 'slug' | 'nameJa' | 'nameEn' | 'aboutJa' | 'aboutEn' | 'domain'>,
  locale: Locale,
) {
  const about = (locale === 'en' && company.aboutEn) || company.aboutJa
  return {
    id: company.id,
    slug: company.slug,
    path: companyPath(company),
    managePath: managePath(company),
    name: nameIn(company, locale),
    domain: company.domain,
    about: about.split('\n').filter(line => line.trim()),
    lead: about.split('\n')[0],
    ...mark(company),
  }
}

/** A company's square instead of a picture: its first letter on one of eight tints. */
const mark = (company: { id: number; nameEn: string; nameJa: string }) => ({
  initial: [...(company.nameEn || company.nameJa)][0]?.toUpperCase(),
  tone: company.id % 8,
  isCompany: true,
})

/** An application: what is proven, what waits, what was decided. */
export function presentApplication(company: CompanyRow, actor: Actor, t: Translate) {
  const state = company.admittedAt ? 'admitted' : company.declinedAt ? 'declined' : company.domainProvenAt ? 'waiting' : 'unproven'
  const { locale } = actor.preferences
  return {
    ...presentCompany(company, locale),
    applicationPath: applicationPath(company),
    adminPath: `/admin/companies/${company.id}`,
    nameJa: company.nameJa,
    nameEn: company.nameEn,
    corporateNumber: company.corporateNumber,
    appliedAt: company.createdAt,
    provenAt: company.domainProvenAt ?? undefined,
    provenText: company.domainProvenBy ? t(`companies.domain.provenBy.${company.domainProvenBy}`) : undefined,
    stateLabel: t(`companies.states.${state}`),
    isProven: company.domainProvenAt !== null,
    isAdmitted: state === 'admitted',
    isDeclined: state === 'declined',
    isOpen: state === 'waiting' || state === 'unproven',
    declineReason: company.declineReason,
    recordName: recordName(company.domain),
    recordText: recordText(company.recordKey),
  }
}

type Pictured = { key: string; width: number; height: number; widths: number[] } | null

/** A product as a line: its picture or letter, name, category and life. */
export function presentProductLine(
  product: Pick<ProductRow, 'id' | 'slug' | 'nameJa' | 'nameEn' | 'category' | 'life'> & { picture: Pictured },
  company: { slug: string },
  locale: Locale,
  t: Translate,
) {
  return {
    id: product.id,
    path: productPath(company, product),
    managePath: managePath(company, `products/${product.slug}`),
    name: nameIn(product, locale),
    category: t(`companies.categories.${product.category}`),
    lifeLabel: t(`companies.lives.${product.life}`),
    isOnSale: product.life === 'on_sale',
    picture: product.picture ? shownPicture(product.picture) : undefined,
  }
}

const shownPicture = (picture: NonNullable<Pictured>) => {
  const { path, width, height } = presentPicture({ ...picture, alt: '' })
  return { path, width, height }
}

/** A product's page: what it is, its versions and rows, how many of its questions are solved. */
export function presentProduct(product: Product, counts: { questions: number; solved: number }, locale: Locale, t: Translate) {
  const about = (locale === 'en' && product.aboutEn) || product.aboutJa
  const word = (locale === 'en' && product.versionWordEn) || product.versionWordJa
  const specs = locale === 'en' && product.specsEn.length > 0 ? product.specsEn : product.specsJa
  return {
    ...presentProductLine(product, product.company, locale, t),
    company: { name: nameIn(product.company, locale), path: companyPath(product.company) },
    about: about.split('\n').filter(line => line.trim()),
    lead: about.split('\n')[0],
    aliases: product.aliases,
    versionWord: word || t('companies.versions.word'),
    versions: product.versions.map((version, index) => ({
      ...version,
      releasedAt: version.releasedOn ? new Date(`${version.releasedOn}T00:00:00+09:00`) : undefined,
      isNewest: index === 0,
    })),
    specs,
    solved: presentSolved(counts, locale, t),
  }
}

/** How many of a product's questions are solved, with how many there are; nothing where nobody has asked yet. */
export function presentSolved({ questions, solved }: { questions: number; solved: number }, locale: Locale, t: Translate) {
  if (questions === 0) return undefined
  return {
    rate: `${Math.round((solved / questions) * 100)}%`,
    detail: t('companies.product.solvedOf', { solved: numberText(locale, solved), count: questions }),
  }
}

/** A company's own people find their way to its place. */
export function presentOwn(actor: Actor, company: { id: number; slug: string }) {
  return { canManage: canSpeakFor(actor, company.id), canRun: canRun(actor, company.id), managePath: managePath(company) }
}

/** How soon a company answers, in the words of a clock; undefined until it has answered in five topics. */
export function presentResponseTime({ minutes, topics }: { minutes: number | null; topics: number }, t: Translate) {
  if (minutes === null || topics < 5) return undefined
  const text =
    minutes < 100
      ? t('companies.response.minutes', { count: Math.max(1, Math.round(minutes)) })
      : minutes < 48 * 60
        ? t('companies.response.hours', { count: Math.round(minutes / 60) })
        : t('companies.response.days', { count: Math.round(minutes / 1440) })
  return { text, detail: t('companies.response.of', { count: topics }) }
}

/** A product as a topic names it. */
export function presentTopicProduct(product: TopicProduct, locale: Locale) {
  const name = nameIn(product, locale)
  return {
    id: product.id,
    path: productPath(product.company, product),
    name,
    fullName: [name, product.version].filter(Boolean).join(' '),
    company: { name: nameIn(product.company, locale), path: companyPath(product.company), ...mark(product.company) },
  }
}

/** A product offered while somebody types; `text` is what goes into the field. */
export function presentNamed(named: Named, locale: Locale) {
  const isClear = named.nameJa === named.nameEn || locale === 'ja'
  return {
    text: isClear ? named.nameJa : named.nameEn,
    name: nameIn(named, locale),
    company: nameIn({ nameJa: named.companyNameJa, nameEn: named.companyNameEn }, locale),
  }
}

/** For whom somebody works, on his own page. */
export const presentWork = (company: Names & { slug: string; role: CompanyRole }, locale: Locale, t: Translate) => ({
  path: companyPath(company),
  label: t('companies.worksAs', { company: nameIn(company, locale), role: t(`companies.roles.${company.role}`) }),
})

/** What every page from which a company is run shows around its own; `place` is marked in the navigation. */
export function presentManaging(company: CompanyRow, actor: Actor, place: string, t: Translate) {
  return {
    title: t(`companies.manage.${place}`),
    place,
    noIndex: true,
    company: presentCompany(company, actor.preferences.locale),
    own: presentOwn(actor, company),
  }
}
