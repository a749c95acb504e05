import { randomBytes } from 'node:crypto'
import { chownSync, mkdirSync, readdirSync, realpathSync, renameSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { readText } from './owner.ts'
import { findProgram, type Program, runProgram } from './program.ts'

/** The port and password of the forum's role; kept in a file only the forum may read. */
export type Access = { port: number; password: string }

/** The files of one embedded PostgreSQL in its data folder, and the programs that work on them. */
export type Place = { cluster: string; owner: string; access: string; output: string; program: Program }

/** Names the files below `dataDir`, which must exist. Throws where PostgreSQL cannot run. */
export function findPlace(dataDir: string): Place {
  const root = realpathSync(dataDir)
  const cluster = join(root, 'postgres')
  return { cluster, owner: `${cluster}.owner`, access: `${cluster}.json`, output: `${cluster}.log`, program: findProgram(root, cluster) }
}

/**
 * Makes the cluster unless it is there whole. What an interrupted start left is removed and made again.
 * Throws when the cluster is another version's, or PostgreSQL refuses.
 */
export async function ensureCluster(place: Place, settings: { fsync?: string }): Promise<void> {
  await removeDrafts(place)
  const version = readText(join(place.cluster, 'PG_VERSION')).trim()
  if (version === '18') return
  if (version)
    throw new Error(`${place.cluster} was made by PostgreSQL ${version}, and this forum brings 18: export with the old one, import here.`)
  const draft = `${place.cluster}.new-${process.pid}`
  mkdirSync(draft, { mode: 0o700 })
  const { program } = place
  if (program.user) chownSync(draft, program.user.uid, program.user.gid)
  // Sorting by code point is the same on every machine and needs no library that could change its order.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const sync = settings.fsync === 'off' ? ['--no-sync'] : []
  runProgram(program, program.initdb, ['-D', draft, '-U', 'postgres', '-A', 'reject', '--no-instructions', ...locale, ...sync])
  // The forum's role owns its database but is no superuser: an injected statement reads no files and runs no programs.
  runAlone(place, draft, ['create role hiroba login createdb in role pg_monitor, pg_checkpoint', 'create database hiroba owner hiroba'])
  writeFileSync(join(draft, 'pg_hba.conf'), 'host all hiroba 127.0.0.1/32 scram-sha-256\n')
  renameSync(draft, place.cluster)
}

/** What the last start remembered, or nothing (never started, or the file is lost or torn). */
export function readAccess(place: Place): Access | undefined {
  try {
    return JSON.parse(readText(place.access))
  } catch {
    return undefined
  }
}

/** Gives the forum's role a new password; the server must be stopped. */
export function renewAccess(place: Place): Access {
  const access = { port: 0, password: randomBytes(24).toString('base64url') }
  runAlone(place, place.cluster, [`alter role hiroba password '${access.password}'`])
  saveAccess(place, access)
  return access
}

/** Remembers the port and password, whole or not at all. */
export function saveAccess(place: Place, access: Access): void {
  const draft = `${place.access}.new`
  writeFileSync(draft, JSON.stringify(access), { mode: 0o600 })
  renameSync(draft, place.access)
}

/** The address to connect to. It holds the password: never log it. */
export function addressOf({ port, password }: Access): string {
  return `postgres://hiroba:${password}@127.0.0.1:${port}/hiroba`
}

/** An interrupted initdb may still be writing for a moment, so a removal is tried again; a draft that stays is harmless. */
async function removeDrafts({ cluster }: Place): Promise<void> {
  const folder = dirname(cluster)
  const drafts = () => readdirSync(folder).filter(name => name.startsWith('postgres.new-'))
  for (let tries = 0; tries < 20 && drafts().length > 0; tries += 1) {
    if (tries > 0) await pause(100)
    for (const name of drafts()) await rm(join(folder, name), { recursive: true, force: true }).catch(() => {})
  }
}

/** Runs statements, one per line, in PostgreSQL's single-user mode. */
function runAlone({ program }: Place, cluster: string, statements: string[]): void {
  runProgram(program, program.postgres, ['--single', '-D', cluster, 'postgres'], `${statements.join('\n')}\n`)
}
