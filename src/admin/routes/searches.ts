import { type Static, Type } from 'typebox'
import { listCompanies } from '../../companies/queries.ts'
import { numberText } from '../../platform/i18n.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { askPath, searchPath } from '../../search/asked.ts'
import { countSearches, listSearches, PERIODS, SEARCH_LISTS, type SearchLine } from '../../search/use_queries.ts'
import { showAdmin } from './page.ts'

const Query = Type.Object({ list: Type.Optional(Type.String()), days: Type.Optional(Type.String()) })

/** What people look for, whether they find it, and what the operator can do where they do not. */
export async function searchReportRoutes(app: App, { db }: Services): Promise<void> {
  app.get<{ Querystring: Static<typeof Query> }>(
    '/admin/search',
    { config: { access: 'operators' }, schema: { querystring: Query } },
    async (request, reply) => {
      const { t, query, preferences } = request
      const list = SEARCH_LISTS.find(name => name === query.list) ?? 'top'
      const days = PERIODS.find(period => String(period) === query.days) ?? 7
      const [numbers, lines, companies] = await Promise.all([
        countSearches(db, days),
        listSearches(db, list, days),
        listCompanies(db, undefined, 1),
      ])
      const address = (change: { list?: string; days?: number }) =>
        `/admin/search?${new URLSearchParams({ list, days: String(days), ...change } as Record<string, string>)}`
      const number = (value: number) => numberText(preferences.locale, value)
      const share = (part: number) =>
        t('admin.search.share', { percent: numbers.searches ? Math.round((part / numbers.searches) * 100) : 0 })
      return showAdmin(request, reply, 'searches', 'search', {
        kpis: [
          { label: t('admin.search.searches'), value: number(numbers.searches) },
          { label: t('admin.search.empty'), value: number(numbers.empty), note: share(numbers.empty) },
          { label: t('admin.search.opened'), value: number(numbers.opened), note: share(numbers.opened) },
          {
            label: t('admin.search.found'),
            value: number(numbers.found),
            note: t('admin.search.ofAsked', { count: numbers.found + numbers.missed }),
          },
          { label: t('admin.search.deflected'), value: number(numbers.deflected) },
        ],
        periods: PERIODS.map(period => ({
          label: t('admin.search.days', { count: period }),
          path: address({ days: period }),
          isCurrent: period === days,
        })),
        lists: SEARCH_LISTS.map(name => ({
          label: t(`admin.search.lists.${name}`),
          path: address({ list: name }),
          isCurrent: name === list,
        })),
        hint: t(`admin.search.hints.${list}`),
        lines: lines.map(line => presentLine(line, companies.rows.length > 0)),
      })
    },
  )
}

/** One search with what can be done about it. */
function presentLine(line: SearchLine, mayAlert: boolean) {
  return {
    ...line,
    path: searchPath({ q: line.words }),
    synonymPath: `/admin/search/synonyms?${new URLSearchParams({ words: line.words })}`,
    askPath: askPath(line.words),
    alertPath: mayAlert && `/admin/search/alerts?${new URLSearchParams({ words: line.words })}`,
  }
}
