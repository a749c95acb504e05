import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { visibleTo } from '../../accounts/actor.ts'
import { visitorOf } from '../../accounts/visitor.ts'
import { type Board, listBoards } from '../../boards/queries.ts'
import { followPath } from '../../notifications/paths.ts'
import { numberText } from '../../platform/i18n.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { askPath, chosenOf, FACETS, searchPath, wordsOf } from '../asked.ts'
import { facetNames } from '../facet_names.ts'
import { presentLead, presentResult, presentSorts } from '../present.ts'
import { presentChosen, presentFacets } from '../present_facets.ts'
import { searchForum } from '../queries.ts'
import type { RememberedSearch } from '../remembering.ts'

const Text = Type.Optional(Type.String())
const Values = Type.Optional(Type.Array(Type.String()))
// No bounds here: an address that makes no sense finds less, and is no error.
const SearchQuery = Type.Object({
  q: Text,
  tag: Text,
  sort: Text,
  after: Text,
  guaranteed: Values,
  solved: Values,
  certified: Values,
  board: Values,
  product: Values,
  version: Values,
  company: Values,
  kind: Values,
  year: Values,
})
type SearchAddress = Static<typeof SearchQuery>

/** Letters of a search that a heading repeats. */
const REPEATED = 60

/** The search page. */
export async function searchRoutes(app: App, services: Services): Promise<void> {
  app.get<{ Querystring: SearchAddress }>(
    '/search',
    { config: { access: 'everyone' }, schema: { querystring: SearchQuery } },
    async (request, reply) => {
      const boards = await listBoards(services.db, request.actor)
      const found = await searchForum(services.db, services.search, request.actor, request.query, boards)
      if (found && isNew(request)) app.searches.add(remembered(request, found))
      const names = await facetNames(services.db, request.preferences.locale, request.query, found?.facets)
      return showSearch(request, reply, boards, found, names)
    },
  )
}

type Search = FastifyRequest<{ Querystring: SearchAddress }>
type FoundResults = Awaited<ReturnType<typeof searchForum>>

/** Somebody has typed these words just now: he does not page on, narrow down, or only point at a link his browser opens ahead. */
function isNew({ query, headers }: Search): boolean {
  const ahead = headers['sec-purpose'] ?? headers['x-sec-purpose']
  return !query.after && !ahead && !query.tag && FACETS.every(facet => chosenOf(query, facet).length === 0)
}

function remembered(request: Search, found: NonNullable<FoundResults>): RememberedSearch {
  return {
    visitor: visitorOf(request),
    words: wordsOf(request.query).words,
    reader: visibleTo(request.actor).at(-1) ?? 'public',
    results: found.total ?? 0,
    shown: found.results.map(({ topic }) => topic.id),
    userAgent: request.headers['user-agent'] ?? '',
  }
}

function showSearch(
  request: Search,
  reply: FastifyReply,
  boards: Board[],
  found: FoundResults,
  names: ReadonlyMap<string, string>,
): FastifyReply {
  const asked = request.query
  const { actor, t, preferences } = request
  const { locale } = preferences
  const { words } = wordsOf(asked)
  const heading = [...words].length > REPEATED ? `${[...words].slice(0, REPEATED).join('')}…` : words
  const count = found?.total
  const chosen = presentChosen(asked, boards, locale, t, names)
  return reply.page('search/show', {
    title: heading ? t('search.titleFor', { query: heading }) : t('search.title'),
    at: 'search',
    noIndex: true,
    query: words,
    heading,
    tag: asked.tag,
    followPath: !words && asked.tag && followPath(`tag:${asked.tag}`),
    sort: asked.sort,
    asked: found !== undefined,
    facets: words ? presentFacets(asked, found?.facets, boards, locale, t, names) : [],
    chosen,
    plainPath: chosen.length > 1 ? searchPath({ q: asked.q, sort: asked.sort }) : undefined,
    sorts: words && found?.results.length ? presentSorts(asked, t) : undefined,
    countText:
      count !== undefined && t(found?.exact ? 'search.count' : 'search.countAtLeast', { count, number: numberText(locale, count) }),
    cut: found?.cut,
    corrected: found?.corrected,
    lead: found?.lead && presentLead(found.lead, actor, t),
    results: found?.results.map(result => presentResult(result, locale, t)),
    nextPath: found?.next && searchPath({ ...asked, after: found.next }),
    askPath: askPath(words),
    path: searchPath(asked),
  })
}
