import type { SearchDocument } from '../src/platform/search/engine.ts'

/** A document everybody may find, with nothing to filter by. */
export const madeDocument = (id: string, title: string, body = ''): SearchDocument => ({
  id,
  group: id,
  title,
  body,
  visibility: 'public',
  filters: {},
  createdAt: new Date(0),
})
