import { nameIn } from '../companies/present.ts'
import type { Chart } from '../platform/charts.ts'
import { type Locale, numberText, type Translate } from '../platform/i18n.ts'
import { type Deflection, deflectionOf } from './deflection.ts'
import { type Figures, share } from './figures.ts'
import { MEDIA } from './media_kinds.ts'
import { chosenPath } from './paths.ts'
import { dayAfter, PERIODS, type Period, type PeriodLength } from './period.ts'
import { type Row, stepOf } from './present_rows.ts'
import { minutesText } from './present_tables.ts'
import type { ProductFigures, Settings } from './queries.ts'

type Words = { t: Translate; locale: Locale }

/** A part of a whole in percent. */
export function percentText(part: number, whole: number): string {
  const of = share(part, whole)
  return of === undefined ? '–' : `${Math.round(of * 100)}%`
}

/** The numbers on top: each with how it has changed since the period before, and whether that is good. */
export function presentKpis({ now, before }: { now: Figures; before: Figures }, settings: Settings, { t, locale }: Words) {
  const number = (value: number) => numberText(locale, value)
  const [deflected, deflectedBefore] = [deflectionOf(now.stayed, now, settings), deflectionOf(before.stayed, before, settings)]
  const rate = (name: string, part: (of: Figures) => number, whole: (of: Figures) => number, note?: string) => {
    const [is, was] = [share(part(now), whole(now)), share(part(before), whole(before))]
    const change = is === undefined || was === undefined ? undefined : points(Math.round(is * 100) - Math.round(was * 100), t)
    return { label: t(`insights.kpis.${name}`), value: percentText(part(now), whole(now)), change, note }
  }
  return [
    {
      label: t('insights.kpis.questions'),
      value: t('insights.cases', { count: now.questions, number: number(now.questions) }),
      change: relative(now.questions, before.questions, t),
      note: t('insights.kpis.unanswered', { count: now.questions - now.answered, number: number(now.questions - now.answered) }),
    },
    rate(
      'solvedRate',
      of => of.solved,
      of => of.questions,
      t('insights.kpis.solvedOf', { solved: number(now.solved), all: number(now.questions) }),
    ),
    {
      label: t('insights.kpis.firstAnswer'),
      value: minutesText(now.median, t),
      change: faster(now.median, before.median, t),
      note: now.ninetieth === undefined ? undefined : t('insights.kpis.ninetieth', { time: minutesText(now.ninetieth, t) }),
    },
    {
      label: t('insights.kpis.deflected'),
      value: t('insights.cases', { count: deflected.contacts, number: number(deflected.contacts) }),
      change: relative(deflected.contacts, deflectedBefore.contacts, t, 'up'),
      note: moneyText(deflected, { t, locale }) ?? t('insights.kpis.deflectedHow'),
    },
    rate(
      'guaranteedRate',
      of => of.guaranteed,
      of => of.questions,
      t('insights.kpis.guaranteedOf', { count: number(now.guaranteed) }),
    ),
    rate(
      'fixedRate',
      of => of.fixed,
      of => of.fixed + of.failed,
      t('insights.kpis.voices', { count: now.fixed + now.failed, number: number(now.fixed + now.failed) }),
    ),
    {
      label: t('insights.kpis.readers'),
      value: t('insights.people', { count: now.readers, number: number(now.readers) }),
      change: relative(now.readers, before.readers, t),
      note: t('insights.kpis.helped', { number: number(now.helped) }),
    },
    {
      label: t('insights.kpis.ended'),
      value: t('insights.cases', { count: now.ended, number: number(now.ended) }),
      change: relative(now.ended, before.ended, t, 'up'),
      note: t('insights.kpis.endedHow'),
    },
  ]
}

const moneyText = ({ money }: Deflection, { t, locale }: Words) =>
  money === null ? undefined : t('insights.kpis.money', { money: numberText(locale, money) })

type Change = { text: string; tone?: 'up' | 'down' }

/** A change in percent; `good` says which way is good, where one is. */
function relative(now: number, before: number, t: Translate, good?: 'up'): Change | undefined {
  if (before === 0) return undefined
  return arrow(Math.round(((now - before) / before) * 100), '%', t, good)
}
const points = (change: number, t: Translate) => arrow(change, t('insights.points'), t, 'up')

function arrow(change: number, unit: string, t: Translate, good?: 'up'): Change {
  if (change === 0) return { text: t('insights.same') }
  const tone = good && (change > 0 ? 'up' : 'down')
  return { text: `${change > 0 ? '▲' : '▼'} ${Math.abs(change)}${unit}`, tone }
}

/** Sooner is better: an arrow down in green. */
function faster(now: number | undefined, before: number | undefined, t: Translate): Change | undefined {
  if (now === undefined || before === undefined) return undefined
  if (now === before) return { text: t('insights.same') }
  return { text: `${now < before ? '▼' : '▲'} ${minutesText(Math.abs(now - before), t)}`, tone: now < before ? 'up' : 'down' }
}

const short = {
  ja: new Intl.DateTimeFormat('ja', { month: 'numeric', day: 'numeric', timeZone: 'UTC' }),
  en: new Intl.DateTimeFormat('en', { month: 'numeric', day: 'numeric', timeZone: 'UTC' }),
}

/** Questions and how many of them are solved, along the days. */
export function questionsChart(rows: Row[], period: Period, { t, locale }: Words): Chart {
  return {
    labels: rows.map((_, place) => short[locale].format(new Date(`${dayAfter(period.from, place * stepOf(period))}T00:00:00Z`))),
    unit: '',
    series: [
      { name: t('insights.columns.questions'), kind: 'line', tone: 'brand', values: rows.map(({ figures }) => figures.questions) },
      { name: t('insights.columns.solved'), kind: 'line', tone: 'seal', values: rows.map(({ figures }) => figures.solved) },
    ],
  }
}

/** Readers by how they came, the period beside the one before it. */
export function mediaChart(now: Figures, before: Figures, { t }: Words): Chart {
  const of = (figures: Figures) => MEDIA.map(({ sources }) => sources.reduce((sum, source) => sum + (figures.sources[source] ?? 0), 0))
  return {
    labels: MEDIA.map(({ medium }) => t(`insights.media.${medium}`)),
    unit: '',
    series: [
      { name: t('insights.now'), kind: 'bar', tone: 'brand', values: of(now) },
      { name: t('insights.periodBefore'), kind: 'bar', tone: 'gold', values: of(before) },
    ],
  }
}

/** What stands beside a chart, because it is a picture only. */
export const presentLegend = ({ series }: Chart) =>
  series.map(({ name, tone, kind }, place) => ({ name, tone, isDashed: kind === 'line' && place % 2 === 1 }))

/** The periods and products to choose from. */
export function presentChoices(
  path: string,
  products: ProductFigures[],
  chosen: { days: PeriodLength; product: number },
  { t, locale }: Words,
) {
  return {
    periods: PERIODS.map(days => ({
      label: t(`insights.periods.${days}`),
      path: chosenPath(path, { ...chosen, days }),
      isCurrent: days === chosen.days,
    })),
    products: products
      .map(product => ({ value: product.id, label: nameIn(product, locale), isChosen: product.id === chosen.product }))
      .sort((a, b) => a.label.localeCompare(b.label, locale)),
  }
}
