import type postgres from 'postgres'
import type { Config } from './config.ts'
import type { Db } from './db.ts'
import type { ReadRecords } from './dns.ts'
import type { Log } from './log.ts'
import type { Mailer } from './mail.ts'
import type { Metrics } from './metrics.ts'
import type { Sealing } from './sealing.ts'
import type { OpenSearch } from './search/opening.ts'
import type { Storage } from './storage.ts'
import type { Render } from './views.ts'

/** What doors may use. Verbs and queries receive only `db`: by their signature they cannot send mail or touch a socket. */
export type Services = Omit<OpenSearch, 'stopSearch'> & {
  config: Config
  db: Db
  sql: postgres.Sql
  mail: Mailer
  storage: Storage
  sealing: Sealing
  metrics: Metrics
  render: Render
  log: Log
  readRecords: ReadRecords
  /** The public address of the site, without a slash at its end. */
  siteUrl: string
}
