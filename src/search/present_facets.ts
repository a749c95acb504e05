import { inGroups } from '../boards/groups.ts'
import { boardName } from '../boards/present.ts'
import type { Board } from '../boards/queries.ts'
import { KINDS } from '../boards/schema.ts'
import { type Locale, numberText, type Translate } from '../platform/i18n.ts'
import type { SearchResult } from '../platform/search/engine.ts'
import { type Asked, chosenOf, FACETS, type Facet, searchPath, toggled, wordsOf } from './asked.ts'

type Counts = SearchResult['facets']
type Option = { facet: Facet; value: string; label: string; count?: number; isBelow?: boolean }

/** What products, versions and companies are called in the reader's language, where that is not what the documents call them. */
type Names = ReadonlyMap<string, string>
const NO_NAMES: Names = new Map()

/** Options that are shown before one asks for more. */
const SHOWN = 8

/** What results can be narrowed by, with how many each choice finds; what finds nothing is left out unless it is chosen. */
export function presentFacets(asked: Asked, counts: Counts, boards: Board[], locale: Locale, t: Translate, names: Names = NO_NAMES) {
  const sections = [
    { name: 'state', options: stateOptions(counts, t) },
    { name: 'board', options: boardOptions(counts, boards, locale) },
    { name: 'product', options: valueOptions('product', counts, names) },
    { name: 'version', options: valueOptions('version', counts, names) },
    { name: 'company', options: valueOptions('company', counts, names) },
    { name: 'kind', options: KINDS.map(kind => option('kind', kind, t(`kinds.${kind}`), counts)) },
    { name: 'year', options: yearOptions(counts, t) },
  ]
  return sections.flatMap(({ name, options }) => {
    const shown = options.map(each => ({ ...each, isChosen: isChosen(asked, each) })).filter(each => each.isChosen || each.count !== 0)
    if (shown.length === 0 || (shown.length === 1 && name !== 'state' && !shown[0]?.isChosen)) return []
    const present = (each: (typeof shown)[number]) => ({
      ...each,
      countText: each.count === undefined ? undefined : numberText(locale, each.count),
    })
    const first = shown.filter((each, place) => place < SHOWN || each.isChosen).map(present)
    const more = shown.filter((each, place) => place >= SHOWN && !each.isChosen).map(present)
    return [{ name, heading: t(`search.facets.${name}`), options: first, more }]
  })
}

/** What is chosen by now, each with the address of the search without it. */
export function presentChosen(asked: Asked, boards: Board[], locale: Locale, t: Translate, names: Names = NO_NAMES) {
  const labels = new Map(
    [
      ...stateOptions(undefined, t),
      ...boardOptions(undefined, boards, locale),
      ...KINDS.map(kind => option('kind', kind, t(`kinds.${kind}`), undefined)),
    ].map(({ facet, value, label }) => [`${facet}=${value}`, label]),
  )
  const labelOf = (facet: Facet, value: string) => {
    if (facet === 'product' || facet === 'version' || facet === 'company') return names.get(value) ?? value
    return facet === 'year' && /^\d{4}$/.test(value) ? t('search.year', { year: value }) : labels.get(`${facet}=${value}`)
  }
  const chosen = FACETS.flatMap(facet =>
    chosenOf(asked, facet).flatMap(value => {
      const label = labelOf(facet, value)
      return label ? [{ label, path: searchPath(toggled(asked, facet, value)) }] : []
    }),
  )
  const tag =
    asked.tag && wordsOf(asked).words
      ? [{ label: t('search.taggedWith', { tag: asked.tag }), path: searchPath({ ...asked, tag: undefined, after: undefined }) }]
      : []
  return [...tag, ...chosen]
}

const isChosen = (asked: Asked, { facet, value }: Option) => chosenOf(asked, facet).includes(value)

function option(facet: Facet, value: string, label: string, counts: Counts, counted = value): Option {
  return { facet, value, label, count: counts && (counts[facet]?.[counted] ?? 0) }
}

function stateOptions(counts: Counts, t: Translate): Option[] {
  return [
    option('guaranteed', 'yes', t('topics.guaranteed'), counts, 'true'),
    option('solved', 'yes', t('search.solved.yes'), counts, 'true'),
    option('solved', 'no', t('search.solved.no'), counts, 'false'),
    ...(counts?.certified?.true ? [option('certified', 'yes', t('search.certified'), counts, 'true')] : []),
  ]
}

/** Boards of the first level by how much they have, each followed by its own. */
function boardOptions(counts: Counts, boards: Board[], locale: Locale): Option[] {
  const of = (board: Board) => option('board', board.slug, boardName(board, locale), counts, String(board.id))
  const most = (a: Option, b: Option) => (b.count ?? 0) - (a.count ?? 0)
  return inGroups(boards)
    .map(({ board, children }) => ({ root: of(board), below: children.map(child => ({ ...of(child), isBelow: true })).sort(most) }))
    .sort((a, b) => most(a.root, b.root))
    .flatMap(({ root, below }) => [root, ...below])
}

/** Values that the documents bring along: shown once there are any. */
function valueOptions(facet: 'product' | 'version' | 'company', counts: Counts, names: Names): Option[] {
  return Object.entries(counts?.[facet] ?? {})
    .map(([value, count]) => ({ facet, value, label: names.get(value) ?? value, count }))
    .sort((a, b) => b.count - a.count)
}

function yearOptions(counts: Counts, t: Translate): Option[] {
  return Object.entries(counts?.year ?? {})
    .map(([value, count]) => ({ facet: 'year' as const, value, label: t('search.year', { year: value }), count }))
    .sort((a, b) => b.value.localeCompare(a.value))
}
