import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** What is counted and timed in this process. Labels are names of ours (routes by pattern, engines, kinds), never what people typed. */
export type Metrics = ReturnType<typeof openMetrics>

const QUICK = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5]

/** Opens the numbers of one process: its memory, its event loop, and what the parts of the forum add. */
export function openMetrics() {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  return {
    registry,
    requestSeconds: new Histogram({
      name: 'hiroba_http_request_seconds',
      help: 'Requests by method, pattern of the route and class of the status',
      labelNames: ['method', 'route', 'status'],
      buckets: QUICK,
      registers,
    }),
    searches: new Counter({
      name: 'hiroba_searches_total',
      help: 'Searches by the engine that answered, and whether they found anything',
      labelNames: ['engine', 'found'],
      registers,
    }),
    searchSeconds: new Histogram({
      name: 'hiroba_search_seconds',
      help: 'Time an engine took, by engine and kind (search, similar, suggest)',
      labelNames: ['engine', 'kind'],
      buckets: QUICK,
      registers,
    }),
    fallbacks: new Counter({
      name: 'hiroba_search_fallbacks_total',
      help: 'Questions PostgreSQL answered because Meilisearch was slow, failed, or was not asked (open)',
      labelNames: ['reason'],
      registers,
    }),
    breakerOpen: new Gauge({ name: 'hiroba_search_breaker_open', help: '1 while Meilisearch is not asked', registers }),
  }
}
