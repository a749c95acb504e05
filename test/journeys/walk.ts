import type { Browser } from '../app.ts'

/** How often one kind of page is opened while looking for links: another member, board or list may lead further. */
const SAMPLES = 3

/**
 * Follows the links of a person's pages from `starts` and from every door without a gap. `pages`: one address for each kind of page (by
 * the door it came through) that this person gets to see; `others`: doors that answered with something else (a file, a part of a page).
 */
export async function walk(
  browser: Browser,
  doors: string[],
  starts: string[],
): Promise<{ pages: Map<string, string>; others: Set<string> }> {
  const kinds = doors.map(door => ({ door, shape: new RegExp(`^${door.replace(/:\w+/g, '[^/]+')}$`) }))
  // A door that is written out goes before one with a gap: `/admin/boards/new` is no board.
  kinds.sort((a, b) => a.door.split(':').length - b.door.split(':').length)
  const kindOf = (path: string) => kinds.find(({ shape }) => shape.test(path.replace(/[?#].*/, '')))?.door
  const opened = new Map<string, number>()
  const [pages, others] = [new Map<string, string>(), new Set<string>()]
  const known = new Set([...starts, ...doors.filter(door => !/[:*]/.test(door))])
  for (const path of known) {
    const kind = kindOf(path)
    const times = opened.get(kind ?? '') ?? 0
    if (!kind || times >= SAMPLES) continue
    opened.set(kind, times + 1)
    const { statusCode, body } = await browser.get(path)
    if (statusCode !== 200) continue
    if (!body.startsWith('<!doctype html>')) others.add(kind)
    else if (!pages.has(kind)) pages.set(kind, path)
    for (const [, link = ''] of body.matchAll(/ (?:href|src)="(\/[^"]*)"/g))
      known.add(link.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=').replace(/#.*/, ''))
  }
  return { pages, others }
}
