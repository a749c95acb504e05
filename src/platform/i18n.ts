import { readFileSync } from 'node:fs'
import i18next, { type TFunction } from 'i18next'

export const LOCALES = ['ja', 'en'] as const
export type Locale = (typeof LOCALES)[number]
/** Text by key, with values filled in; `locale` is the reader's language, for what has names of its own in each. */
export type Translate = { (key: string, values?: Record<string, unknown>): string; locale?: Locale }

const read = (locale: Locale) => JSON.parse(readFileSync(new URL(`../../locales/${locale}.json`, import.meta.url), 'utf8'))

const i18n = i18next.createInstance()
await i18n.init({
  lng: 'ja',
  fallbackLng: false,
  supportedLngs: LOCALES,
  resources: { ja: { translation: read('ja') }, en: { translation: read('en') } },
  interpolation: { escapeValue: false },
  returnNull: false,
})

const plain: Record<Locale, Map<string, string>> = { ja: new Map(), en: new Map() }
const fixed: Record<Locale, TFunction> = { ja: i18n.getFixedT('ja'), en: i18n.getFixedT('en') }

/** The text of `key` in `locale`. A missing key shows itself: the tests find it. Text without values is looked up once. */
export function translate(locale: Locale, key: string, values?: Record<string, unknown>): string {
  if (values) return fixed[locale](key, values)
  const known = plain[locale].get(key)
  if (known !== undefined) return known
  const text = fixed[locale](key)
  plain[locale].set(key, text)
  return text
}

/** A translator bound to one reader's language. */
export function translator(locale: Locale): Translate {
  return Object.assign((key: string, values?: Record<string, unknown>) => translate(locale, key, values), { locale })
}

/** The reader's language from `Accept-Language`: English when it is asked for before Japanese, Japanese otherwise. */
export function localeFrom(header = ''): Locale {
  const first = header
    .split(',')
    .map(part => part.trim().slice(0, 2).toLowerCase())
    .find(tag => tag === 'ja' || tag === 'en')
  return first === 'en' ? 'en' : 'ja'
}

const numbers = { ja: new Intl.NumberFormat('ja'), en: new Intl.NumberFormat('en') }
const dates = { ja: dateFormat('ja'), en: dateFormat('en') }
const days = { ja: dayFormat('ja'), en: dayFormat('en') }
const relative = { ja: new Intl.RelativeTimeFormat('ja', { numeric: 'auto' }), en: new Intl.RelativeTimeFormat('en', { numeric: 'auto' }) }

function dateFormat(locale: Locale) {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'Asia/Tokyo' })
}
function dayFormat(locale: Locale) {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'Asia/Tokyo' })
}

/** A number as the reader writes it: 12,480. */
export const numberText = (locale: Locale, value: number) => numbers[locale].format(value)

/** Date and time in full, Japan time. */
export const momentText = (locale: Locale, at: Date) => dates[locale].format(at)

/** The day in full, Japan time. */
export const dayText = (locale: Locale, at: Date) => days[locale].format(at)

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

/** How long ago, in the largest whole unit: 12 minutes ago, yesterday, 3 months ago. */
export function agoText(locale: Locale, at: Date, now = Date.now()): string {
  const seconds = Math.max(0, (now - at.getTime()) / 1000)
  const step = STEPS.find(([, size]) => seconds >= size)
  if (!step) return translate(locale, 'time.justNow')
  const text = relative[locale].format(-Math.floor(seconds / step[1]), step[0])
  return locale === 'ja' ? text.replaceAll(' ', '') : text
}
