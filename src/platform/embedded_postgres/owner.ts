import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

/**
 * Makes this process the only owner of a data folder, by a file that names it. Returns how to give it up, or the process id of the
 * living owner. The file of an owner that was killed counts for nothing.
 */
export function takeOwnership(file: string): { release(): void } | { ownedBy: number } {
  const mine = identify(process.pid)
  const draft = `${file}.${process.pid}`
  for (;;) {
    const theirs = readText(file)
    const pid = Number.parseInt(theirs, 10)
    if (pid > 0 && identify(pid) === theirs) return { ownedBy: pid }
    if (theirs && !setAside(file, theirs)) continue
    writeFileSync(draft, mine, { mode: 0o644 })
    const taken = attempt(() => linkSync(draft, file))
    rmSync(draft, { force: true })
    if (taken) return { release: () => readText(file) === mine && rmSync(file, { force: true }) }
  }
}

/** Whether a process runs, be it ours to signal or not; a zombie does not. */
export function processLives(pid: number): boolean {
  const stat = readText(`/proc/${pid}/stat`)
  if (stat) return !/\) Z /.test(stat)
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** The text of a file, empty when it cannot be read. */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** Process id, start time and boot: a number given out again, even after a reboot, is not the same process. */
function identify(pid: number): string {
  if (!processLives(pid)) return ''
  const startTicks =
    readText(`/proc/${pid}/stat`)
      .replace(/^.*\) /, '')
      .split(' ')[19] ?? ''
  return `${pid} ${startTicks} ${readText('/proc/sys/kernel/random/boot_id').trim()}\n`
}

/** Takes a dead owner's file out of the way; a living newcomer's file caught by mistake is put back. */
function setAside(file: string, expected: string): boolean {
  const aside = `${file}.stale.${process.pid}`
  if (!attempt(() => renameSync(file, aside))) return false
  const right = readText(aside) === expected
  if (!right) attempt(() => linkSync(aside, file))
  rmSync(aside, { force: true })
  return right
}

function attempt(work: () => void): boolean {
  try {
    work()
    return true
  } catch (error) {
    if (['EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) return false
    throw error
  }
}
