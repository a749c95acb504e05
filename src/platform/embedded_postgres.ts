import { mkdirSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'
import {
  type Access,
  addressOf,
  ensureCluster,
  findPlace,
  type Place,
  readAccess,
  renewAccess,
  saveAccess,
} from './embedded_postgres/cluster.ts'
import { takeOwnership } from './embedded_postgres/owner.ts'
import { findServer, type Launch, launchServer, stopServer } from './embedded_postgres/server.ts'

/** A running PostgreSQL; `url` holds its password, so it is never logged. `stop` resolves when everything is on disk. */
export type EmbeddedPostgres = { url: string; stop(): Promise<void> }

type Options = {
  dataDir: string
  log: { info(message: string): void; warn(message: string): void }
  /** Server settings beyond ours; tests switch fsync off. */
  settings?: Record<string, string>
  /** How long the server outlives a forum that was killed, so that the next start finds it warm. */
  orphanSeconds?: number
  /** Use the server of another living process instead of refusing; that process stops it. */
  join?: boolean
}

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '60',
  shared_buffers: '128MB',
  effective_cache_size: '1GB',
  work_mem: '8MB',
  maintenance_work_mem: '128MB',
  random_page_cost: '1.1',
  jit: 'off',
  max_wal_size: '1GB',
  checkpoint_timeout: '15min',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  // What people wrote does not belong in a log: neither statements nor the values of a row that was refused.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
}
const JOIN_PATIENCE = 60_000
const WATCH_EVERY = 250
const TRY_AGAIN_AFTER = 2_000

/**
 * Starts PostgreSQL 18 in `dataDir/postgres` (made on the first call) on a port of 127.0.0.1, resolves when it takes connections,
 * and starts it again should it die. Throws a sentence when another living process uses `dataDir`, or it cannot run.
 */
export async function startEmbeddedPostgres(options: Options): Promise<EmbeddedPostgres> {
  mkdirSync(options.dataDir, { recursive: true })
  const place = findPlace(options.dataDir)
  const ownership = takeOwnership(place.owner)
  if ('ownedBy' in ownership) {
    if (options.join) return joinServer(place)
    throw new Error(
      `Another hiroba (process ${ownership.ownedBy}) is running on ${options.dataDir}: stop it, or set DATA_DIR to another folder.`,
    )
  }
  try {
    const { settings, orphanSeconds = 15 } = options
    const launch = { port: 0, settings: { ...SETTINGS, ...settings }, orphanSeconds }
    const access = await startServer(place, launch, options.log)
    const watch = keepAlive(place, { ...launch, port: access.port, samePort: true }, options.log)
    return {
      url: addressOf(access),
      stop: async () => {
        await watch.end()
        await stopServer(place)
        ownership.release()
      },
    }
  } catch (error) {
    ownership.release()
    throw error
  }
}

/** Another process owns the server: wait until it answers. */
async function joinServer(place: Place): Promise<EmbeddedPostgres> {
  for (const deadline = Date.now() + JOIN_PATIENCE; Date.now() < deadline; await pause(50)) {
    const access = readAccess(place)
    if (access && findServer(place)?.ready && (await answers(access))) return { url: addressOf(access), stop: async () => {} }
  }
  throw new Error(`The PostgreSQL in ${place.cluster} belongs to another hiroba and does not answer.`)
}

/** Takes over the server of a forum that was killed, warm as it is; starts one otherwise. */
async function startServer(place: Place, launch: Launch, log: Options['log']): Promise<Access> {
  await ensureCluster(place, launch.settings)
  const known = readAccess(place)
  const running = findServer(place)
  if (known && running?.ready && (await answers({ ...known, port: running.port }))) {
    log.info('Found PostgreSQL still running after the last process was killed')
    return { ...known, port: running.port }
  }
  await stopServer(place)
  const access = known ?? renewAccess(place)
  const port = await launchServer(place, { ...launch, port: access.port })
  if (port !== access.port) saveAccess(place, { ...access, port })
  return { ...access, port }
}

/** Looks whether the server lives and starts it again on its port; requests meanwhile find the database away. */
function keepAlive(place: Place, launch: Launch, log: Options['log']): { end(): Promise<void> } {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  let ending = false
  const watching = (async () => {
    for (let wait = WATCH_EVERY; !ending; ) {
      await Promise.race([pause(wait, undefined, { ref: false }), ended])
      if (ending || findServer(place)) continue
      log.warn('PostgreSQL has gone; starting it again')
      const outcome = await launchServer(place, launch).catch((error: Error) => error)
      if (outcome instanceof Error) log.warn(outcome.message)
      wait = outcome instanceof Error ? TRY_AGAIN_AFTER : WATCH_EVERY
    }
  })()
  return {
    end: async () => {
      ending = true
      end()
      await watching
    },
  }
}

async function answers(access: Access): Promise<boolean> {
  const sql = postgres(addressOf(access), { max: 1, connect_timeout: 5, onnotice: () => {} })
  const heard = await sql`select 1`.then(
    () => true,
    () => false,
  )
  await sql.end({ timeout: 1 })
  return heard
}
