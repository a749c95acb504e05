import { createHash } from 'node:crypto'
import { access, glob, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'

const PUBLIC = fileURLToPath(new URL('../../public', import.meta.url))
const require = createRequire(import.meta.url)

/** The browser's files as they are served: minified, compressed and named by content, so that they never go stale. */
export type Assets = { folder: string; url(name: string): string; importMap: string; importMapHash: string }

/**
 * Prepares the browser's files under `dataDir/assets`: one style sheet of all layers in order and one of what readers of topics never see, each script on its own
 * (no bundler: the import map names them), the icons. Files that are there already are not made again.
 */
export async function prepareAssets(dataDir: string): Promise<Assets> {
  const folder = join(dataDir, 'assets')
  await mkdir(folder, { recursive: true })
  const urls = new Map<string, string>()
  const keep = async (name: string, content: string | Buffer) => urls.set(name, `/assets/${await keepFile(folder, name, content)}`)
  await Promise.all([
    keep('hiroba.css', await styles([...LAYERS, 'components'])),
    keep('more.css', await styles(['more'])),
    ...['icons.svg', 'badges.svg', 'favicon.svg'].map(async name => keep(name, await readFile(join(PUBLIC, name)))),
    ...Object.entries(await scripts()).map(async ([name, file]) => keep(name, await readFile(file, 'utf8'))),
  ])
  // It works in a process of its own, which would stay.
  await (await minifier)?.stop()
  const imports = Object.fromEntries(
    [...urls].filter(([name]) => name.endsWith('.js')).map(([name, url]) => [name.replace(/\.js$/, ''), url]),
  )
  const importMap = JSON.stringify({ imports })
  const importMapHash = `'sha256-${createHash('sha256').update(importMap).digest('base64')}'`
  return { folder, url: name => urls.get(name) ?? `/assets/missing-${name}`, importMap, importMapHash }
}

/** Scripts by the name the import map gives them. */
async function scripts(): Promise<Record<string, string>> {
  const own: Record<string, string> = {}
  for await (const file of glob('**/*.js', { cwd: join(PUBLIC, 'js') })) own[file.replaceAll('\\', '/')] = join(PUBLIC, 'js', file)
  return {
    ...own,
    '@hotwired/turbo.js': require.resolve('@hotwired/turbo/dist/turbo.es2017-esm.js'),
    '@hotwired/stimulus.js': require.resolve('@hotwired/stimulus/dist/stimulus.js'),
  }
}

const LAYERS = ['layers.css', 'tokens.css', 'reset.css', 'base.css', 'layout.css']

/** Style sheets as one, in this order; a folder stands for all files in it. */
async function styles(names: string[]): Promise<string> {
  const cwd = join(PUBLIC, 'css')
  const files: string[] = []
  for (const name of names) {
    const found: string[] = []
    for await (const file of glob(name.endsWith('.css') ? name : `${name}/*.css`, { cwd })) found.push(file)
    files.push(...found.sort())
  }
  return (await Promise.all(files.map(file => readFile(join(cwd, file), 'utf8')))).join('\n')
}

/** Minifies, names by content, writes plain, gzip and brotli side by side; returns the file's name. */
async function keepFile(folder: string, name: string, content: string | Buffer): Promise<string> {
  const source = Buffer.from(content)
  const hash = createHash('sha256').update(source).digest('base64url').slice(0, 10)
  const [stem = name, ending = ''] = basename(name).split(/\.(?=[^.]+$)/)
  const file = `${stem}-${hash}.${ending}`
  const target = join(folder, file)
  if (
    await access(`${target}.gz`).then(
      () => true,
      () => false,
    )
  )
    return file
  const small = await minify(source, ending)
  await writeWhole(target, small)
  await writeWhole(`${target}.br`, await promisify(brotliCompress)(small))
  await writeWhole(`${target}.gz`, await promisify(gzip)(small, { level: 9 }))
  return file
}

// Loaded only where a file is new.
let minifier: Promise<typeof import('esbuild')> | undefined

async function minify(source: Buffer, ending: string): Promise<Buffer> {
  if (ending !== 'js' && ending !== 'css') return source
  const target = ending === 'css' ? ['chrome123', 'safari17.5', 'firefox128'] : ['es2022']
  minifier ??= import('esbuild')
  const { transform } = await minifier
  const { code } = await transform(source.toString(), { loader: ending, target, minify: true, legalComments: 'inline' })
  return Buffer.from(code)
}

/** Two processes may start at once: a file appears whole or not at all. */
async function writeWhole(file: string, content: Buffer): Promise<void> {
  const draft = `${file}.${process.pid}`
  await writeFile(draft, content)
  await rename(draft, file)
}
