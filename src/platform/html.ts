import { refusal, renderNow } from './html_render.ts'
import { mentionsOf } from './markdown.ts'

export { RENDERER_VERSION } from './html_render.ts'

let ownAddress: string | undefined

const LARGEST_SOURCE = 32 * 1024
const LARGEST_IN_THREAD = 4 * 1024
const MOST_CELLS_IN_THREAD = 2_000

/**
 * A post's Markdown → sanitised HTML, plain text (for search, excerpts and mails; escape it like any text) and RENDERER_VERSION.
 * `handles`: members whose mention becomes a link, in lower case. Throws `Invalid` at the field `body` when a limit is broken.
 */
export async function renderBody(
  source: string,
  given: { handles?: ReadonlySet<string>; siteUrl?: string } = {},
): Promise<{ html: string; text: string; version: number }> {
  const options = { siteUrl: ownAddress, ...given }
  const size = Buffer.byteLength(source)
  if (size > LARGEST_SOURCE) throw refusal('body.tooLong')
  return size <= LARGEST_IN_THREAD && hasFewCells(source) ? renderNow(source, options) : (await openPool()).renderInPool(source, options)
}

/** Tells the renderer the site's own address, once, at start: links to it are links inside the forum. */
export function renderForSite(siteUrl: string): void {
  ownAddress = siteUrl
}

/** Handles (lower case, each once) mentioned outside code, links and mail addresses, whether such members exist or not. */
export function extractMentions(source: string): string[] {
  if (!source.includes('@') || Buffer.byteLength(source) > LARGEST_SOURCE) return []
  return mentionsOf(source)
}

/** The beginning of a plain text on one line, at most `letters` as people count them, `…` included. */
export function plainExcerpt(text: string, letters: number): string {
  // A letter can be a long heap of marks: the excerpt stays short in memory too.
  const line = text
    .slice(0, letters * 16)
    .replace(/\s+/g, ' ')
    .trim()
  const kept: string[] = []
  for (const { segment } of LETTERS.segment(line)) {
    if (kept.push(segment) > letters) break
  }
  const whole = kept.length <= letters && text.length <= letters * 16
  return whole
    ? line
    : `${kept
        .slice(0, Math.max(0, letters - 1))
        .join('')
        .trimEnd()}…`
}

/** Ends the renderer's threads, at shutdown; a later body opens them again. */
export async function stopRenderer(): Promise<void> {
  await (await pool)?.stopPool()
}

// Most posts are short: the pool's library is loaded with the first long one.
let pool: Promise<typeof import('./html_pool.ts')> | undefined
function openPool() {
  pool ??= import('./html_pool.ts')
  return pool
}

const LETTERS = new Intl.Segmenter('ja', { granularity: 'grapheme' })

/** A table fills in the cells its rows leave out, so 4 kB can become 65,000 of them: such a source goes to the pool. */
function hasFewCells(source: string): boolean {
  const lines = source.split('\n')
  const widest = Math.max(...lines.map(line => line.split('|').length))
  return widest === 1 || widest * lines.length <= MOST_CELLS_IN_THREAD
}
