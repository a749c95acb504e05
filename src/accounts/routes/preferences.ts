import { type Static, Type } from 'typebox'
import { setPreferences } from '../../platform/preferences.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { savePreferences } from '../profile.ts'
import { sameSitePath } from '../same_site_path.ts'

const one = <const T extends string[]>(...values: T) =>
  Type.Union(values.map(value => Type.Literal(value)) as { [I in keyof T]: ReturnType<typeof Type.Literal<T[I]>> })
const PreferencesForm = Type.Object({
  locale: one('ja', 'en'),
  size: one('normal', 'large', 'largest'),
  theme: one('auto', 'light', 'dark'),
  next: Type.Optional(Type.String()),
})
const YEAR = 365 * 24 * 3600

/** How the pages are shown: kept with the account of a member, in a cookie for everybody. */
export async function preferenceRoutes(app: App, { db, config }: Services): Promise<void> {
  app.get<{ Querystring: { next?: string } }>(
    '/preferences',
    { config: { access: 'everyone' } },
    ({ t, query, preferences, headers }, reply) =>
      reply.page('me/preferences', {
        title: t('me.preferences.title'),
        place: 'preferences',
        noIndex: true,
        next: sameSitePath(query.next ?? pathOf(headers.referer)),
        choices: choices(preferences),
      }),
  )

  app.post<{ Body: Static<typeof PreferencesForm> }>(
    '/preferences',
    { config: { access: 'everyone' }, schema: { body: PreferencesForm } },
    async (request, reply) => {
      const { actor, body } = request
      if (actor.id) await savePreferences(db, actor, body)
      setPreferences(request, { locale: body.locale, size: body.size, theme: body.theme })
      const prefs = [body.locale, body.size, body.theme].join('.')
      reply.setCookie('prefs', prefs, {
        path: '/',
        maxAge: YEAR,
        httpOnly: true,
        sameSite: 'lax',
        secure: config.SITE_URL?.startsWith('https:') ?? false,
      })
      return reply.flash('saved').see(sameSitePath(body.next))
    },
  )
}

const VALUES = { locale: ['ja', 'en'], size: ['normal', 'large', 'largest'], theme: ['auto', 'light', 'dark'] } as const

function choices(preferences: Record<keyof typeof VALUES, string>) {
  return Object.entries(VALUES).map(([name, values]) => ({
    name,
    label: `me.preferences.${name}`,
    options: values.map(value => ({
      value,
      name,
      label: `me.preferences.${name}_${value}`,
      isChosen: preferences[name as keyof typeof VALUES] === value,
    })),
  }))
}

/** The page before, to return to; sameSitePath looks at it again. */
function pathOf(referer = ''): string {
  return URL.canParse(referer) ? new URL(referer).pathname : '/'
}
