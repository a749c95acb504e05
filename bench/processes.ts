import { type ChildProcess, execFileSync, fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'

/** Server and PostgreSQL share the first core we may use, the load has the second. */
export const cores = findCores()

/** Whether processes can be pinned: without `taskset` or a second core they share what there is. */
export const isPinned = cores.length > 1 && spawnSync('taskset', ['--version']).status === 0

/** Moves this process, and every one it starts from now on, to one core: that of the load, if not said otherwise. */
export function pinSelf(core = cores[1]): void {
  if (isPinned) execFileSync('taskset', ['-a', '-p', '-c', String(core), String(process.pid)], { stdio: 'ignore' })
}

/** Starts a program of ours (a path from here) in its own process, on the server's core or that of the load. */
export function start(
  program: string,
  core: 'server' | 'load',
  options: { args?: string[]; env?: NodeJS.ProcessEnv; nodeArgs?: string[] } = {},
): ChildProcess {
  const { args = [], env, nodeArgs = [] } = options
  const file = fileURLToPath(new URL(program, import.meta.url))
  const pin = isPinned ? ['taskset', '-c', String(cores[core === 'server' ? 0 : 1])] : []
  const [command = process.execPath, ...rest] = [...pin, process.execPath, ...nodeArgs]
  return fork(file, args, {
    execPath: command,
    execArgv: rest,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
}

/** Ends a process that `start` began, and waits until it has gone; it is killed after `patience` ms. */
export async function stop(child: ChildProcess, patience = 20_000): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), patience)
  await gone
  clearTimeout(timer)
}

const ticksASecond = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout) || 100

/** CPU milliseconds the server and all of PostgreSQL have used since they started; connections that ended are in their parent's figure. */
export function cpuOf({ server, postgres }: { server: number; postgres?: number }): number {
  const own = statOf(server)
  let ticks = own ? own.user + own.system : 0
  if (postgres) {
    const parent = statOf(postgres)
    if (parent) ticks += parent.user + parent.system + parent.endedChildren
    for (const child of childrenOf(postgres)) ticks += child.user + child.system
  }
  return (ticks * 1000) / ticksASecond
}

/** Of that, what children that have ended had used. */
export function cpuOfEnded(parent: number): number {
  return ((statOf(parent)?.endedChildren ?? 0) * 1000) / ticksASecond
}

/** Megabytes a process keeps in memory; `shared` counts what several share by their part of it. */
export function memoryOf(pid: number, kind: 'resident' | 'shared' = 'resident'): number {
  const [file, field] = kind === 'resident' ? ['status', /VmRSS:\s+(\d+)/] : ['smaps_rollup', /^Pss:\s+(\d+)/m]
  return Number((field as RegExp).exec(readProc(pid, file as string))?.[1] ?? Number.NaN) / 1024
}

/** The same for PostgreSQL: its parent and every process below it. */
export function postgresMemory(postgres: number): number {
  return [postgres, ...childrenOf(postgres).map(child => child.pid)].reduce((sum, pid) => sum + (memoryOf(pid, 'shared') || 0), 0)
}

type Stat = { pid: number; parent: number; user: number; system: number; endedChildren: number }

/** See proc_pid_stat(5): the fields after the name, which may hold spaces. */
function statOf(pid: number): Stat | undefined {
  const text = readProc(pid, 'stat')
  if (!text) return undefined
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const [parent = 0, user = 0, system = 0, childUser = 0, childSystem = 0] = [fields[1], ...fields.slice(11, 15)]
  return { pid, parent, user, system, endedChildren: childUser + childSystem }
}

/** Processes that another one started. */
export function childrenOf(parent: number): Stat[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => statOf(Number(name)) ?? [])
    .filter(stat => stat.parent === parent)
}

/** A file of a process in /proc; empty when it has ended. */
export function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

function findCores(): number[] {
  const allowed = /Cpus_allowed_list:\s*(\S+)/.exec(readProc(process.pid, 'status'))?.[1] ?? `0-${availableParallelism() - 1}`
  return allowed.split(',').flatMap(range => {
    const [first = 0, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, index) => first + index)
  })
}
