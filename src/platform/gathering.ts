/**
 * Gathers what is only counted in memory and writes it together every so often: one statement instead of one for each reader. Of
 * the same `key` the last stays. A killed process forgets those seconds of counting and nothing else.
 */
export function gather<Item>({
  everyMs,
  write,
  onError,
}: {
  everyMs: number
  write(items: Item[]): Promise<void>
  onError(error: unknown): void
}) {
  let gathered = new Map<string, Item>()
  const timer = setInterval(() => void flush().catch(onError), everyMs).unref()

  async function flush(): Promise<void> {
    if (gathered.size === 0) return
    const items = [...gathered.values()]
    gathered = new Map()
    await write(items)
  }

  return {
    add: (key: string, item: Item) => void gathered.set(key, item),
    flush,
    stop(): Promise<void> {
      clearInterval(timer)
      return flush()
    },
  }
}

/**
 * Works on items of one `keyOf` together: those that come while others of their key are worked on are the next. Nobody waits for company:
 * one that comes alone is worked on at once. Each caller hears how the work on his went.
 */
export function gatherMeanwhile<Item>(keyOf: (item: Item) => string, work: (items: Item[]) => Promise<void>) {
  const waiting = new Map<string, { items: Item[]; done: PromiseWithResolvers<void> }>()
  const busy = new Set<string>()

  async function workOn(key: string): Promise<void> {
    if (busy.has(key)) return
    busy.add(key)
    for (let group = waiting.get(key); group; group = waiting.get(key)) {
      waiting.delete(key)
      await work(group.items).then(group.done.resolve, group.done.reject)
    }
    busy.delete(key)
  }

  return (item: Item): Promise<void> => {
    const key = keyOf(item)
    const group = waiting.get(key) ?? { items: [], done: Promise.withResolvers<void>() }
    group.items.push(item)
    waiting.set(key, group)
    void workOn(key)
    return group.done.promise
  }
}
