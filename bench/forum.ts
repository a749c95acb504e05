import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { start, stop } from './processes.ts'

/** A forum that runs: its server's process, its PostgreSQL's first process unless that is ours, milliseconds from start to the first 200. */
export type Forum = { url: string; child: ChildProcess; server: number; postgres?: number; startedIn: number }

/** Starts the forum as people do, on data that is there. `databaseUrl` gives it another PostgreSQL than its own. Throws what it said when it ends instead. */
export async function startForum(dataDir: string, { databaseUrl = '', nodeArgs = [] as string[] } = {}): Promise<Forum> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const began = performance.now()
  const { settings, flags } = asStarted()
  const env = {
    ...settings,
    DATA_DIR: dataDir,
    DATABASE_URL: databaseUrl,
    PORT: String(port),
    HOST: '127.0.0.1',
    SITE_URL: '',
    LOG_LEVEL: 'warn',
  }
  const child = start('../src/cli.ts', 'server', { args: ['serve'], env, nodeArgs: [...flags, ...nodeArgs] })
  child.stdout?.on('data', chunk => /"level":[456]0/.test(String(chunk)) && process.stderr.write(chunk))
  while (!(await isServed(url))) {
    if (child.exitCode !== null) throw new Error(`the forum ended with ${child.exitCode} before it served`)
    if (performance.now() - began > 60_000) throw new Error('the forum served nothing for a minute')
    await pause(5)
  }
  const startedIn = performance.now() - began
  return { url, child, server: child.pid ?? 0, postgres: databaseUrl ? undefined : postgresIn(dataDir), startedIn }
}

/** What `npm start` gives node: variables before its name, flags behind it. */
function asStarted(): { settings: Record<string, string>; flags: string[] } {
  const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { scripts: { start: string } }
  const words = scripts.start.split(' ')
  const settings = words.slice(0, words.indexOf('node')).map(word => word.split('=') as [string, string])
  return { settings: Object.fromEntries(settings), flags: words.filter(word => word.startsWith('--')) }
}

/** Stops the forum; its PostgreSQL goes with it. */
export const stopForum = (forum: Forum) => stop(forum.child)

/** Starts one of our helpers and resolves with it and its first message. */
export async function startHelper<Hello>(program: string, core: 'server' | 'load'): Promise<{ child: ChildProcess; hello: Hello }> {
  const child = start(program, core)
  child.stdout?.resume()
  const [hello] = (await once(child, 'message')) as [Hello]
  return { child, hello }
}

/** Sends a helper something and waits for its answer. */
export async function tell<Answer>(child: ChildProcess, message: object): Promise<Answer> {
  const answer = once(child, 'message')
  child.send(message)
  const [answered] = (await answer) as [Answer]
  return answered
}

/** The address of the embedded PostgreSQL's database, from the file its owner keeps. */
export function databaseOf(dataDir: string): string {
  const { port, password } = JSON.parse(readFileSync(join(dataDir, 'postgres.json'), 'utf8'))
  return `postgres://hiroba:${password}@127.0.0.1:${port}/hiroba`
}

const postgresIn = (dataDir: string) => Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0])

async function isServed(url: string): Promise<boolean> {
  const answer = await fetch(url).catch(() => undefined)
  await answer?.arrayBuffer()
  return answer?.status === 200
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}
