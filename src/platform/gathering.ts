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
