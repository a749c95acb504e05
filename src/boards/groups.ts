import type { BoardRow } from './schema.ts'

export type BoardGroup = { board: BoardRow; children: BoardRow[] }

/** The boards of a list in their two levels. A child whose parent is not in the list stands on the first level. */
export function inGroups(list: BoardRow[]): BoardGroup[] {
  const known = new Set(list.map(board => board.id))
  const tops = list.filter(board => !board.parentId || !known.has(board.parentId))
  return tops.map(board => ({ board, children: list.filter(child => child.parentId === board.id) }))
}
