import type { Logger } from 'drizzle-orm'
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'

/** The database as every verb and query receives it: a connection pool, or a transaction on one connection. */
export type Db = Pick<
  PostgresJsDatabase,
  'select' | 'selectDistinct' | 'insert' | 'update' | 'delete' | 'execute' | 'transaction' | '$count'
>

type Settings = { plan_cache_mode?: 'force_generic_plan'; synchronous_commit?: 'off' }

/** An open pool; `sql` is the driver itself for LISTEN, COPY and shutdown. */
export type Database = { db: Db; sql: postgres.Sql; close(): Promise<void> }

/**
 * Opens a pool on `url`. Statements are prepared once per connection: planning costs more than running most of ours.
 * `logger` sees each statement (tests count them). `settings` are each connection's.
 */
export function openDatabase(url: string, options: { max?: number; logger?: Logger; settings?: Settings } = {}): Database {
  const sql = postgres(url, {
    max: options.max ?? 10,
    connect_timeout: 5,
    // The driver's own waiting grows to 20 s, and requests would wait with it: better away at once, and back at once.
    backoff: () => 0.2 + Math.random() / 10,
    idle_timeout: 60,
    onnotice: () => {},
    types: { bigint: { to: 20, from: [20], parse: Number, serialize: String } },
    connection: { application_name: 'hiroba', TimeZone: 'UTC', statement_timeout: 20_000, ...options.settings },
  })
  prepareAlways(sql)
  const db = drizzle(sql, { logger: options.logger })
  return { db, sql, close: () => sql.end({ timeout: 5 }) }
}

/**
 * A pool for what follows from events: few connections, so that each soon knows every statement, and each statement is planned once, since
 * these all go by ids (PostgreSQL would plan those with a list of ids anew each time). Their commits need not reach the disk one by one:
 * that of their job, which comes after them, takes them along, and without it the job is done again.
 */
export const openJobsDatabase = (url: string): Database =>
  openDatabase(url, { max: 4, settings: { plan_cache_mode: 'force_generic_plan', synchronous_commit: 'off' } })

/** Drizzle asks the driver for unprepared statements unless named; ours are few and repeat, so all are prepared. */
function prepareAlways(sql: postgres.Sql): void {
  const { unsafe, begin, savepoint } = sql as postgres.Sql & { savepoint?: postgres.TransactionSql['savepoint'] }
  const wrapped = sql as unknown as Record<string, unknown>
  wrapped.unsafe = (query: string, values?: never[], options?: object) => unsafe(query, values, { ...options, prepare: true })
  const preparing = (work: (tx: postgres.TransactionSql) => unknown) => (tx: postgres.TransactionSql) => {
    prepareAlways(tx as unknown as postgres.Sql)
    return work(tx)
  }
  if (begin)
    wrapped.begin = (...args: unknown[]) => (begin as (...a: unknown[]) => unknown)(...args.slice(0, -1), preparing(args.at(-1) as never))
  if (savepoint)
    wrapped.savepoint = (...args: unknown[]) =>
      (savepoint as (...a: unknown[]) => unknown)(...args.slice(0, -1), preparing(args.at(-1) as never))
}

/** True when PostgreSQL is away (refused, reset, shutting down, starting) or has no room: the request may be tried again soon. */
export function isDatabaseAway(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code = (cause as { code?: string }).code ?? ''
    if (AWAY.has(code) || /^(57P0|08|53)/.test(code)) return true
    if (cause instanceof AggregateError && cause.errors.some(isDatabaseAway)) return true
  }
  return false
}

const AWAY = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'CONNECT_TIMEOUT',
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
])
