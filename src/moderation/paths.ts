type Chosen = { kind?: string; board?: string; after?: string }

/** The queue as it was filtered; `id` opens one item of it. */
export function queuePath({ kind, board, after }: Chosen = {}, id?: number): string {
  const query = new URLSearchParams({ ...(kind && { kind }), ...(board && { board }), ...(after && { after }) }).toString()
  return `/moderation${id ? `/${id}` : ''}${query ? `?${query}` : ''}`
}
