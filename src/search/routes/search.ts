import { type Static, Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { listBoards } from '../../boards/queries.ts'
import { numberText } from '../../platform/i18n.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type Asked, searchPath, wordsOf } from '../asked.ts'
import { presentLead, presentResult, presentSorts } from '../present.ts'
import { presentChosen, presentFacets } from '../present_facets.ts'
import { searchForum } from '../queries.ts'

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
    (request, reply) => showSearch(services, request, reply, request.query),
  )
}

async function showSearch({ db, search }: Services, request: FastifyRequest, reply: FastifyReply, asked: Asked): Promise<FastifyReply> {
  const { actor, t, preferences } = request
  const { locale } = preferences
  const boards = await listBoards(db, actor)
  const found = await searchForum(db, search, actor, asked, boards)
  const { words } = wordsOf(asked)
  const heading = [...words].length > REPEATED ? `${[...words].slice(0, REPEATED).join('')}…` : words
  const count = found?.total
  const chosen = presentChosen(asked, boards, locale, t)
  return reply.page('search/show', {
    title: heading ? t('search.titleFor', { query: heading }) : t('search.title'),
    at: 'search',
    noIndex: true,
    query: words,
    heading,
    tag: asked.tag,
    sort: asked.sort,
    asked: found !== undefined,
    facets: words ? presentFacets(asked, found?.facets, boards, locale, t) : [],
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
  })
}

/** The ask page with these words as the title. */
const askPath = (words: string) => (words ? `/ask?title=${encodeURIComponent([...words].slice(0, 100).join(''))}` : '/ask')
