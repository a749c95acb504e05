import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { LRUCache } from 'lru-cache'

/** A whole page as it goes to guests, compressed already. `tags` name what it shows (`topic:42`); `subject` is what counts as read when it is served. */
export type CachedPage = { body: Buffer; headers: OutgoingHttpHeaders; tags: string[]; subject?: string }

export type PageCache = ReturnType<typeof openPageCache>

type Waiting = { startedAt: number; waiters: ((page: CachedPage | undefined) => void)[] }

/**
 * Guests' pages in memory, dropped by the event that changes them and after `maxAge` milliseconds at the latest
 * (relative times grow old). One render serves all who wait for the same page.
 */
export function openPageCache({ maxBytes = 8_000_000, maxAge = 60_000 } = {}) {
  const pages = new LRUCache<string, CachedPage>({
    maxSize: maxBytes,
    sizeCalculation: page => page.body.length + 1500,
    ttl: maxAge,
    ttlResolution: 1000,
    dispose: (page, key) => forget(key, page.tags),
  })
  const byTag = new Map<string, Set<string>>()
  const waiting = new Map<string, Waiting>()
  const droppedAt = new Map<string, number>()
  let clock = 0
  let allDroppedAt = 0
  const served = { pages: 0, renders: 0 }

  /** A page that left, for whatever reason, is no longer known under its tags. */
  function forget(key: string, tags: string[]): void {
    for (const tag of tags) {
      const keys = byTag.get(tag)
      keys?.delete(key)
      if (keys?.size === 0) byTag.delete(tag)
    }
  }

  return {
    /** How many pages are kept, and under how many tags all together; how many answers came from here, and how many were rendered. */
    figures: () => ({
      pages: pages.size,
      served: served.pages,
      rendered: served.renders,
      keys: [...byTag.values()].reduce((sum, keys) => sum + keys.size, 0),
    }),

    /** Counts a page that was sent from here. */
    count: () => void served.pages++,

    /** The page for `key`, if it is there. */
    find: (key: string) => pages.get(key),

    /** Waits for whoever renders `key` now; undefined means: nobody does, render it yourself and call `settle`. */
    join(key: string): Promise<CachedPage | undefined> | undefined {
      const ahead = waiting.get(key)
      if (ahead) return new Promise(resolve => ahead.waiters.push(resolve))
      served.renders++
      waiting.set(key, { startedAt: ++clock, waiters: [] })
      return undefined
    },

    /** Ends the render of `key`: keeps the page unless what it shows has changed since it began, and serves those who waited. */
    settle(key: string, page: CachedPage | undefined): void {
      const ended = waiting.get(key)
      waiting.delete(key)
      if (!ended) return
      const fresh = page && allDroppedAt < ended.startedAt && page.tags.every(tag => (droppedAt.get(tag) ?? 0) < ended.startedAt)
      if (page && fresh) {
        pages.set(key, page)
        for (const tag of page.tags) byTag.set(tag, (byTag.get(tag) ?? new Set()).add(key))
      }
      for (const resolve of ended.waiters) resolve(fresh ? page : undefined)
    },

    /** Drops every page that shows one of `tags`, and keeps renders under way from being stored. */
    drop(tags: string[]): void {
      clock++
      if (droppedAt.size > 50_000) droppedAt.clear()
      for (const tag of tags) {
        if (waiting.size > 0) droppedAt.set(tag, clock)
        for (const key of [...(byTag.get(tag) ?? [])]) pages.delete(key)
        byTag.delete(tag)
      }
    },

    /** Drops everything: what happened in between is not known. */
    dropAll(): void {
      allDroppedAt = ++clock
      pages.clear()
      byTag.clear()
    },
  }
}

/** Writes a cached page straight to the socket. */
export function sendCached({ headers, body }: CachedPage, response: ServerResponse): void {
  response.writeHead(200, headers)
  response.end(body)
}
