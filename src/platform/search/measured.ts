import type { Metrics } from '../metrics.ts'
import type { SearchEngine } from './engine.ts'

/** The same engine, with its searches counted and timed. What was searched for is in no number. */
export function measured<Engine extends SearchEngine>(engine: Engine, name: string, metrics: Metrics): Engine {
  const time = async <T>(kind: string, work: Promise<T>): Promise<T> => {
    const stop = metrics.searchSeconds.startTimer({ engine: name, kind })
    return work.finally(stop)
  }
  const { suggest } = engine
  return {
    ...engine,
    async search(query, signal) {
      const found = await time('search', engine.search(query, signal))
      metrics.searches.inc({ engine: name, found: found.total > 0 ? 'something' : 'nothing' })
      return found
    },
    similar: (title, query, signal) => time('similar', engine.similar(title, query, signal)),
    ...(suggest && { suggest: (typed, query, signal) => time('suggest', suggest(typed, query, signal)) }),
  } as Engine
}
