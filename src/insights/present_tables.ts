import { productPath } from '../companies/paths.ts'
import { nameIn } from '../companies/present.ts'
import { type Locale, numberText, type Translate } from '../platform/i18n.ts'
import { presentAuthor } from '../topics/present.ts'
import { type Deflection, deflectionOf } from './deflection.ts'
import { type Figures, share } from './figures.ts'
import type { Insights } from './insights.ts'
import { MEDIA, mediumOf } from './media_kinds.ts'
import { presentRows, type Row } from './present_rows.ts'
import type { BestHelper, ProductFigures, RisingWord, Rival, Trouble } from './queries.ts'

/** What is shown in a cell, and what stands in its place in a file: a number without its sign, a share in percent. */
export type Cell = { text: string; value: string | number; isNumber: boolean; path?: string; chip?: 'seal' | 'warm' }
type Shown = Omit<Cell, 'isNumber'>
export type Column = { label: string; isNumber: boolean }
export type Table = { key: string; title: string; hint: string; columns: Column[]; rows: Cell[][]; empty: string }

export const TABLES = ['days', 'troubles', 'products', 'words', 'rivals', 'helpers', 'sources', 'deflection'] as const
export type TableName = (typeof TABLES)[number]

type Words = { t: Translate; locale: Locale }

/** Columns that begin with `#` hold numbers. */
function tableOf(key: TableName, columns: string[], rows: Shown[][], { t }: Words): Table {
  const isNumber = columns.map(column => column.startsWith('#'))
  return {
    key,
    title: t(`insights.${key}.title`),
    hint: t(`insights.${key}.hint`),
    empty: t(`insights.${key}.empty`),
    columns: columns.map((column, place) => ({
      label: t(`insights.columns.${column.replace('#', '')}`),
      isNumber: isNumber[place] ?? false,
    })),
    rows: rows.map(row => row.map((cell, place) => ({ ...cell, isNumber: isNumber[place] ?? false }))),
  }
}

const word = (text: string, path?: string): Shown => ({ text, value: text, path })
const count = (value: number, { locale }: Words): Shown => ({ text: numberText(locale, value), value })
const percent = (part: number, whole: number): Shown => {
  const of = share(part, whole)
  return of === undefined ? { text: '–', value: '' } : { text: `${Math.round(of * 100)}%`, value: Math.round(of * 100) }
}

/** Minutes in the words of a clock. */
export function minutesText(minutes: number | null | undefined, t: Translate): string {
  if (minutes === null || minutes === undefined) return '–'
  if (minutes < 120) return t('insights.minutes', { count: Math.max(1, minutes) })
  return minutes < 48 * 60
    ? t('insights.hours', { count: Math.round(minutes / 60) })
    : t('insights.daysLong', { count: Math.round(minutes / 1440) })
}

/** Every table of the page; `step` is 7 where weeks stand for days. */
export function presentTables(insights: Insights, company: { slug: string }, words: Words, step: 1 | 7): Record<TableName, Table> {
  const { days, readers, period, troubles, products, rivals, helpers, figures, settings } = insights
  return {
    days: daysTable(presentRows(days, readers, period, { step, locale: words.locale }), words),
    troubles: troublesTable(troubles, words),
    products: productsTable(products, company, words),
    words: wordsTable(insights.words, words),
    rivals: rivalsTable(rivals, words),
    helpers: helpersTable(helpers, words),
    sources: sourcesTable(figures.now, figures.before, words),
    deflection: deflectionTable(deflectionOf(figures.now.stayed, figures.now, settings), settings, words),
  }
}

/** The figures of each day, or of each week. */
function daysTable(rows: Row[], words: Words): Table {
  const columns = ['day', '#questions', '#answered', '#solved', '#guaranteed', '#fixed', '#failed', '#readers', '#helped']
  const shown = rows.map(({ label, figures, readers }) => [
    word(label),
    ...(['questions', 'answered', 'solved', 'guaranteed', 'fixed', 'failed'] as const).map(name => count(figures[name], words)),
    count(readers.readers, words),
    count(readers.helped, words),
  ])
  return tableOf('days', columns, shown, words)
}

/** What hurts most, with what stands there for it: guaranteed answers, or none yet. */
function troublesTable(troubles: Trouble[], words: Words): Table {
  const columns = ['trouble', '#questions', '#before', '#solvedRate', '#firstAnswer', 'state']
  const rows = troubles.map(trouble => {
    const product = nameIn({ nameJa: trouble.productJa, nameEn: trouble.productEn }, words.locale)
    return [
      word(trouble.title.includes(product) ? trouble.title : `${product} — ${trouble.title}`, `/t/${trouble.topicId}`),
      count(trouble.questions, words),
      count(trouble.before, words),
      percent(trouble.solved, trouble.questions),
      { text: minutesText(trouble.minutes, words.t), value: trouble.minutes ?? '' },
      stateOf(trouble, words),
    ]
  })
  return tableOf('troubles', columns, rows, words)
}

function stateOf({ guaranteed, waiting }: Trouble, { t }: Words): Shown {
  if (waiting > 0) return { ...word(t('insights.waiting', { count: waiting })), chip: 'warm' }
  return guaranteed > 0 ? { ...word(t('insights.guaranteedCount', { count: guaranteed })), chip: 'seal' } : word(t('insights.noGuarantee'))
}

/** Product by product. */
function productsTable(products: ProductFigures[], company: { slug: string }, words: Words): Table {
  const rows = products.map(product => [
    word(nameIn(product, words.locale), productPath(company, product)),
    count(product.questions, words),
    percent(product.solved, product.questions),
    percent(product.guaranteed, product.questions),
    count(product.questions - product.answered, words),
    percent(product.fixed, product.fixed + product.failed),
  ])
  return tableOf('products', ['product', '#questions', '#solvedRate', '#guaranteedRate', '#waiting', '#fixedRate'], rows, words)
}

/** Words that rise this week. */
function wordsTable(rising: RisingWord[], words: Words): Table {
  const rows = rising.map(({ word: said, askers, before }) => [
    word(said),
    count(askers, words),
    { text: numberText(words.locale, Math.round(before * 10) / 10), value: Math.round(before * 100) / 100 },
  ])
  return tableOf('words', ['word', '#askers', '#weekBefore'], rows, words)
}

/** Products of others named in the same topics. */
function rivalsTable(rivals: Rival[], words: Words): Table {
  const rows = rivals.map(rival => [
    word(nameIn(rival, words.locale), productPath({ slug: rival.companySlug }, rival)),
    word(nameIn({ nameJa: rival.companyJa, nameEn: rival.companyEn }, words.locale)),
    count(rival.topics, words),
    count(rival.before, words),
  ])
  return tableOf('rivals', ['product', 'company', '#topics', '#before'], rows, words)
}

/** Members whose answers helped most. */
function helpersTable(helpers: BestHelper[], words: Words): Table {
  const rows = helpers.map(({ author, answers, best, guaranteed, helpful }) => {
    const { name, path } = presentAuthor(author, null, words.locale, words.t)
    return [word(name, path), ...[answers, best, guaranteed, helpful].map(value => count(value, words))]
  })
  return tableOf('helpers', ['name', '#answers', '#best', '#guaranteedAnswers', '#helpful'], rows, words)
}

/** How readers came, by the medium and by the way. */
function sourcesTable(now: Figures, before: Figures, words: Words): Table {
  const rows = MEDIA.flatMap(({ sources }) =>
    sources.map(source => [
      word(words.t(`insights.sources.${source}`)),
      word(words.t(`insights.media.${mediumOf(source)}`)),
      count(now.sources[source] ?? 0, words),
      percent(now.sources[source] ?? 0, now.readers),
      count(before.sources[source] ?? 0, words),
    ]),
  )
  return tableOf('sources', ['source', 'medium', '#readers', '#part', '#before'], now.readers + before.readers > 0 ? rows : [], words)
}

/** How many contacts became unnecessary, step by step: each number, and where it comes from. */
function deflectionTable(
  deflection: Deflection,
  { elsewhere, wouldAsk, cost }: { elsewhere: number; wouldAsk: number; cost: number | null },
  words: Words,
): Table {
  const { t } = words
  const step = (name: string, value: number, basis: string) => [word(t(`insights.steps.${name}`)), word(basis), count(value, words)]
  const rows = [
    step('stayed', deflection.stayed, t('insights.counted')),
    step(
      'helped',
      deflection.helped,
      t(deflection.isMeasured ? 'insights.basis.measured' : 'insights.basis.assumed', { share: deflection.isHelped }),
    ),
    step('wouldHaveAsked', deflection.wouldHaveAsked, t('insights.basis.assumed', { share: wouldAsk })),
    step('contacts', deflection.contacts, t('insights.basis.without', { share: elsewhere })),
    ...(cost === null ? [] : [step('money', deflection.money ?? 0, t('insights.basis.cost', { cost: numberText(words.locale, cost) }))]),
  ]
  return tableOf('deflection', ['step', 'basis', '#count'], deflection.stayed > 0 ? rows : [], words)
}
