import { type Access, addressOf, ensureCluster, findPlace, renewAccess } from '../../src/platform/embedded_postgres/cluster.ts'
import { processLives, takeOwnership } from '../../src/platform/embedded_postgres/owner.ts'
import { findServer, launchServer, stopServer } from '../../src/platform/embedded_postgres/server.ts'
import { until } from './forum.ts'

/** A PostgreSQL that nobody starts again but us. */
export type OwnPostgres = { url: string; start(): Promise<void>; stop(): Promise<void>; kill(): Promise<void>; end(): Promise<void> }

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '60',
  shared_buffers: '64MB',
  timezone: 'UTC',
}

/** Starts one in this folder, as durable as in earnest: what it acknowledged is on disk. */
export async function startPostgres(folder: string): Promise<OwnPostgres> {
  const place = findPlace(folder)
  takeOwnership(place.owner)
  await ensureCluster(place, {})
  const access: Access = renewAccess(place)
  const launch = (port: number) => launchServer(place, { port, samePort: port > 0, settings: SETTINGS, orphanSeconds: 2 })
  access.port = await launch(0)
  return {
    url: addressOf(access),
    start: async () => void (await launch(access.port)),
    stop: () => stopServer(place),
    async kill() {
      const pid = findServer(place)?.pid
      if (!pid) throw new Error('PostgreSQL is not there to be killed')
      process.kill(pid, 'SIGKILL')
      await until('PostgreSQL is dead', () => !processLives(pid))
    },
    end: () => stopServer(place),
  }
}
