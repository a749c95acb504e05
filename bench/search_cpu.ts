import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { childrenOf, cpuOfEnded, readProc } from './processes.ts'

/** Time on a processor that PostgreSQL has taken so far, in ms: what a busy machine does not change. */
export function openDatabaseCpu(dataDir: string): () => number {
  const [server] = readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')
  const living = () => childrenOf(Number(server)).reduce((sum, { pid }) => sum + Number(readProc(pid, 'schedstat').split(' ')[0]) / 1e6, 0)
  return () => living() + cpuOfEnded(Number(server))
}

/** And what this process has taken. */
export function ownCpu(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
