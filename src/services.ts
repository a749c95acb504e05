import type { Config } from './platform/config.ts'
import { openDatabase, openJobsDatabase } from './platform/db.ts'
import { readRecords } from './platform/dns.ts'
import type { openLog } from './platform/log.ts'
import { openMailer } from './platform/mail.ts'
import { openMetrics } from './platform/metrics.ts'
import { openSealing } from './platform/sealing.ts'
import { openSearch } from './platform/search/opening.ts'
import type { Services } from './platform/services.ts'
import { openStorage } from './platform/storage.ts'
import { loadViews } from './platform/views.ts'

/** Opens everything doors may use, on a database that is there; `options` are the pool's. `close` ends it, connections last. */
export async function openServices(
  config: Config,
  databaseUrl: string,
  log: ReturnType<typeof openLog>,
  siteUrl: string,
  options: Parameters<typeof openDatabase>[1] = {},
): Promise<{ services: Services; close(): Promise<void> }> {
  const database = openDatabase(databaseUrl, options)
  const { db, sql } = database
  const mail = openMailer(db, { smtpUrl: config.SMTP_URL, from: config.MAIL_FROM })
  const [storage, sealing, render] = await Promise.all([
    openStorage({ dataDir: config.DATA_DIR, s3Url: config.S3_URL }),
    openSealing({ dataDir: config.DATA_DIR, key: config.SEAL_KEY }),
    loadViews(),
  ])
  const metrics = openMetrics()
  const { stopSearch, ...search } = openSearch(config, db, log, metrics)
  const services: Services = { config, db, sql, mail, storage, sealing, metrics, ...search, render, log, readRecords, siteUrl }
  return {
    services,
    async close() {
      mail.close()
      stopSearch()
      await database.close()
    },
  }
}

/** The same services for what follows from events, on connections of their own. */
export function openServicesForEffects(services: Services, databaseUrl: string): { services: Services; close(): Promise<void> } {
  const { db, sql, close } = openJobsDatabase(databaseUrl)
  return { services: { ...services, db, sql, search: services.searchOn(db) }, close }
}
