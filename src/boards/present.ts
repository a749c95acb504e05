import type { Locale } from '../platform/i18n.ts'
import type { BoardGroup } from './groups.ts'
import { boardPath } from './paths.ts'
import type { Board } from './queries.ts'

type Named = { nameJa: string; nameEn: string }

/** A board's name in the reader's language; the Japanese one where there is no English. */
export const boardName = (board: Named, locale: Locale) => (locale === 'en' && board.nameEn) || board.nameJa

/** A board as navigation and lists show it. */
export function presentBoard(board: Board, locale: Locale, current?: { id: number }) {
  const english = locale === 'en'
  return {
    id: board.id,
    slug: board.slug,
    path: boardPath(board),
    name: boardName(board, locale),
    description: (english && board.descriptionEn) || board.descriptionJa,
    rules: (english && board.rulesEn) || board.rulesJa,
    topicCount: board.topicCount,
    isCurrent: board.id === current?.id,
    isArchived: board.archivedAt !== null,
  }
}

/** The boards beside a page, and how many topics there are in all of them. */
export function presentNav(groups: BoardGroup[], locale: Locale, current?: Board) {
  const boards = presentGroups(groups, locale, current)
  return { boards, allCount: boards.reduce((sum, { topicCount }) => sum + topicCount, 0) }
}

/** Boards in two levels; a group is open where the reader stands in it. Counts of a group include its children. */
export function presentGroups(groups: BoardGroup[], locale: Locale, current?: Board) {
  return groups.map(({ board, children }) => ({
    ...presentBoard(board, locale, current),
    topicCount: children.reduce((sum, child) => sum + child.topicCount, board.topicCount),
    children: children.map(child => presentBoard(child, locale, current)),
    isOpen: board.id === current?.id || board.id === current?.parentId,
  }))
}
