import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Place } from './cluster.ts'
import { processLives, readText } from './owner.ts'
import { BARE_ENVIRONMENT } from './program.ts'

/** PostgreSQL as its own lock file describes it. */
type Server = { pid: number; port: number; ready: boolean }

/** How to start the server: on this port, or preferably; its settings; how long it outlives a forum that was killed. */
export type Launch = { port: number; samePort?: boolean; settings: Record<string, string>; orphanSeconds: number }

const GUARD = fileURLToPath(new URL('guard.sh', import.meta.url))
const LOG_LIMIT = 10_000_000
// Recovery after a power cut replays at most max_wal_size; minutes, on a slow disk.
const START_PATIENCE = 180_000
const STOP_PATIENCE = 60_000
// Longer than any process id: the lock file keeps its shared memory key, which PostgreSQL still checks, but names nobody.
const NOBODY = '2147483646'

/** The server running on this cluster, ours or one whose owner was killed; undefined when there is none. */
export function findServer({ cluster }: Place): Server | undefined {
  const [pid = '', , , port = '', , , , status = ''] = readText(join(cluster, 'postmaster.pid')).split('\n')
  if (!(Number(pid) > 0) || !processLives(Number(pid))) return undefined
  const command = readText(`/proc/${pid}/cmdline`).split('\0')
  if (command.length > 1 && !command.includes(cluster)) return undefined
  return { pid: Number(pid), port: Number(port), ready: status.trim() === 'ready' }
}

/**
 * Starts a server on the wanted port or, when that is taken, on another, and resolves with its port when it takes connections.
 * Throws the last words of PostgreSQL's log when it gives up.
 */
export async function launchServer(place: Place, launch: Launch): Promise<number> {
  let { port } = launch
  for (const deadline = Date.now() + START_PATIENCE; ; await pause(200)) {
    if (!launch.samePort) port = await freePort(port)
    freeStaleLock(place)
    const words = await tryLaunch(place, { ...launch, port }, deadline)
    if (words === undefined) return port
    const passing = /could not bind|could not create any TCP|shared memory block|lock file .* already exists/.test(words)
    if (!passing || Date.now() > deadline) throw new Error(`PostgreSQL did not start: ${words.trim() || 'it said nothing.'}`)
  }
}

/** Shuts the server down: running statements are rolled back, everything committed is on disk. Resolves when it has gone. */
export async function stopServer(place: Place): Promise<void> {
  const deadline = Date.now() + STOP_PATIENCE
  const pid = signal(place, 'SIGINT')
  while (pid && processLives(pid)) {
    // Even this loses nothing committed; the next start replays the write-ahead log.
    if (Date.now() > deadline) signal(place, 'SIGQUIT')
    await pause(20)
  }
}

function signal(place: Place, name: 'SIGINT' | 'SIGQUIT'): number | undefined {
  const server = findServer(place)
  if (!server) return undefined
  try {
    process.kill(server.pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
  return server.pid
}

/** Resolves with nothing when the server is ready, or with what it said when it ended. */
async function tryLaunch(place: Place, { port, settings, orphanSeconds }: Launch, deadline: number): Promise<string | undefined> {
  const output = openOutput(place)
  const begin = statSync(place.output).size
  const { program, cluster, owner } = place
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const guard = ['/bin/sh', GUARD, owner, String(orphanSeconds)]
  const [first = '', ...rest] = [...program.prefix, ...guard, program.postgres, '-D', cluster, '-p', String(port), ...flags]
  // Its own session: Ctrl-C reaches only the forum, which first finishes its requests and then stops the server.
  const options = { ...program.spawnAs, cwd: '/', env: BARE_ENVIRONMENT, detached: true }
  const child = spawn(first, rest, { ...options, stdio: ['ignore', output, output, 'pipe'] })
  closeSync(output)
  child.unref()
  const pipe = child.stdio[3]
  if (pipe && 'unref' in pipe && typeof pipe.unref === 'function') pipe.unref()
  let ended = false
  child.once('exit', () => {
    ended = true
    pipe?.destroy()
  })
  child.once('error', () => {
    ended = true
  })
  while (!ended) {
    if (findServer(place)?.ready) return undefined
    if (Date.now() > deadline) await stopServer(place)
    await pause(15)
  }
  return readFileSync(place.output).subarray(begin).toString()
}

function openOutput({ output }: Place): number {
  if (Number(statSync(output, { throwIfNoEntry: false })?.size) > LOG_LIMIT) renameSync(output, `${output}.old`)
  return openSync(output, 'a', 0o600)
}

/** PostgreSQL would refuse to start if another program had been given the process id of a server that was killed. */
function freeStaleLock(place: Place): void {
  const file = join(place.cluster, 'postmaster.pid')
  const text = readText(file)
  if (text && !findServer(place)) writeFileSync(file, text.replace(/^\d+/, NOBODY))
}

/** The wanted port if nobody listens there, else any free one. */
async function freePort(wanted: number): Promise<number> {
  const server = createServer()
  const listen = (port: number) =>
    new Promise<number>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', () => {
        const address = server.address()
        resolve(typeof address === 'object' && address ? address.port : port)
      })
    })
  const port = await listen(wanted).catch(() => listen(0))
  await new Promise(resolve => server.close(resolve))
  return port
}
