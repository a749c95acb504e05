import type { IncomingHttpHeaders } from 'node:http'
import { type Locale, localeFrom, type Translate, translator } from './i18n.ts'

/** How a reader likes to see the pages; from the account, or from a cookie for guests. */
export type Preferences = { locale: Locale; size: 'normal' | 'large' | 'largest'; theme: 'auto' | 'light' | 'dark' }

/** A guest's preferences: the cookie `prefs` (`ja.normal.auto`) where set, the browser's language otherwise. */
export function guestPreferences({ headers }: { headers: IncomingHttpHeaders }): Preferences {
  const [locale, size, theme] = (/(?:^|; *)prefs=([a-z.]+)/.exec(headers.cookie ?? '')?.[1] ?? '').split('.')
  return {
    locale: locale === 'ja' || locale === 'en' ? locale : localeFrom(headers['accept-language']),
    size: size === 'large' || size === 'largest' ? size : 'normal',
    theme: theme === 'light' || theme === 'dark' ? theme : 'auto',
  }
}

/** Sets how this request's pages are shown. */
export function setPreferences(request: { preferences: Preferences; t: Translate }, preferences: Preferences): void {
  request.preferences = preferences
  request.t = translator(preferences.locale)
}
