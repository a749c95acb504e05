import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'

/** A browser to drive: where it lies and what its environment needs beyond ours. */
export type Chromium = { executablePath: string; env: Record<string, string> }

const NAMES = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser', 'chrome']
const PLACES = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium']
const UNPACK = "import('@sparticuz/chromium').then(({ default: chromium }) => chromium.executablePath())"

/** The Chromium from npm, or else an installed Chrome; undefined where neither runs. */
export function findChromium(): Chromium | undefined {
  return fromNpm() ?? installed()
}

/** Unpacked once per version beside the packages: it is 200 MB, and other users may write to the system's temporary folder. */
function fromNpm(): Chromium | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium')
  const folder = entry.slice(0, entry.lastIndexOf(join('node_modules', '@sparticuz')))
  const { version } = createRequire(join(folder, 'node_modules', '@sparticuz', 'chromium', 'package.json'))('./package.json')
  const home = join(folder, 'node_modules', '.cache', `chromium-${version}`)
  if (!existsSync(join(home, 'chromium'))) unpack(home)
  const executablePath = join(home, 'chromium')
  // The package brings the libraries that a bare machine lacks; where the system has its own, those are newer.
  const brought = { LD_LIBRARY_PATH: join(home, 'al2023', 'lib'), FONTCONFIG_PATH: join(home, 'fonts') }
  const env = [{}, brought].find(extra => runs(executablePath, extra))
  return env && { executablePath, env }
}

/** Two test files may come here at once: each unpacks for itself, and the first to finish is kept. */
function unpack(home: string): void {
  mkdirSync(dirname(home), { recursive: true })
  const draft = mkdtempSync(`${home}-`)
  const env = { PATH: process.env.PATH, TMPDIR: draft, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' }
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', UNPACK], {
    cwd: import.meta.dirname,
    env,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`The browser from npm could not be unpacked: ${stderr}`)
  try {
    renameSync(draft, home)
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    if (!existsSync(join(home, 'chromium'))) throw error
  }
}

function installed(): Chromium | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const candidates = [...folders.flatMap(folder => NAMES.map(name => join(folder, name))), ...PLACES]
  const executablePath = candidates.find(path => existsSync(path) && runs(path, {}))
  return executablePath ? { executablePath, env: {} } : undefined
}

function runs(executablePath: string, extra: Record<string, string>): boolean {
  return spawnSync(executablePath, ['--version'], { env: { ...process.env, ...extra }, timeout: 20_000 }).status === 0
}
