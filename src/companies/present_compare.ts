import { type Locale, numberText, type Translate } from '../platform/i18n.ts'
import { postPath, topicPath } from '../topics/paths.ts'
import type { Compared, listTelling, Voice } from './compare_queries.ts'
import type { Report } from './comparing.ts'
import { companyPath, comparePath } from './paths.ts'
import { nameIn, presentProductLine, presentSolved } from './present.ts'
import type { TopicProduct } from './product_queries.ts'

type Telling = Awaited<ReturnType<typeof listTelling>>
type Told = { voices: Voice[]; troubles: Telling; tips: Telling }

/** Products side by side: the rows of the table, and below it what people say of each. */
export function presentCompared(all: Compared[], { voices, troubles, tips }: Told, locale: Locale, t: Translate) {
  const columns = all.map(({ product, company, picture, newest, questions, solved, recent, months }) => ({
    ...presentProductLine({ ...product, picture }, company, locale, t),
    company: { name: nameIn(company, locale), path: companyPath(company) },
    newest,
    solved: presentSolved({ questions, solved }, locale, t),
    askedText: t('compare.asked', {
      months,
      number: numberText(locale, recent),
      rate: numberText(locale, Math.round((recent / months) * 10) / 10),
    }),
    good: voices.filter(({ productId, side }) => productId === product.id && side === 'good').map(voice => presentVoice(voice, t)),
    bad: voices.filter(({ productId, side }) => productId === product.id && side === 'bad').map(voice => presentVoice(voice, t)),
    tips: (tips.get(product.id) ?? []).map(({ topic, count }) => ({
      title: topic.title,
      path: topicPath(topic),
      detail: t('compare.helpful', { count }),
    })),
    troubles: (troubles.get(product.id) ?? []).map(({ topic, count }) => ({
      title: topic.title,
      path: topicPath(topic),
      detail: t('compare.shared', { count }),
    })),
  }))
  return { columns, specs: specRows(all, locale) }
}

const presentVoice = ({ words, topicId, title, postId, helpful }: Voice, t: Translate) => ({
  words,
  path: postPath({ id: topicId, title }, { id: postId }),
  detail: helpful > 0 ? t('compare.helpful', { count: helpful }) : undefined,
})

/** Rows that any of them has, in the order of the first that has it; those that differ are marked. */
function specRows(all: Compared[], locale: Locale) {
  const specs = all.map(({ product }) => (locale === 'en' && product.specsEn.length > 0 ? product.specsEn : product.specsJa))
  const names = [...new Set(specs.flatMap(rows => rows.map(({ name }) => name)))]
  return names.map(name => {
    const values = specs.map(rows => rows.find(row => row.name === name)?.value)
    return { name, values, differs: new Set(values).size > 1 }
  })
}

/** The column of an answer where products are compared. */
export function presentColumn(productId: number | undefined, products: TopicProduct[], locale: Locale) {
  const product = products.find(({ id }) => id === productId)
  return product && nameIn(product, locale)
}

/** The products an answer can be about, for the form in which an owner reports; undefined where nothing is compared. */
export function presentReportForm(kind: string, products: TopicProduct[], locale: Locale, typed?: Record<string, unknown>) {
  if (kind !== 'comparison' || products.length === 0) return undefined
  return {
    products: products.map(product => ({
      value: product.id,
      label: nameIn(product, locale),
      isChosen: String(product.id) === String(typed?.product ?? ''),
    })),
    comparePath: comparePath(products),
  }
}

/** An owner's report as the words of his post. */
export const reportWords = (t: Translate) => (report: Report) =>
  (['since', 'purpose', 'good', 'bad'] as const)
    .flatMap(word => (report[word] ? [`**${t(`compare.report.${word}`)}**\n\n${report[word]}`] : []))
    .join('\n\n')
