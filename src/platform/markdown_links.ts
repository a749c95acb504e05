import type { MarkdownIt, StateCore, Token } from 'markdown-it'
import type { PostEnv } from './markdown.ts'

const LONGEST_SHOWN = 60
const MEDIA = '/media/'

/** A post with more links than this is refused. */
export const MOST_LINKS = 100

// Only ASCII: in Japanese text an address is followed by the next word without a space. Addresses with
// Japanese letters inside still work as <https://…> or [text](https://…).
const ADDRESS = /\/\/[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?(?:[/?#][\w!#$%&'()*+,\-./:;=?@[\]~]*)?/iy

/** Markdown-it plugin: which addresses in plain text become links, and which destinations are links at all. */
export function recognizeAddresses(markdown: MarkdownIt): void {
  markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false })
  for (const schema of ['ftp:', '//', 'mailto:']) markdown.linkify.add(schema, null)
  for (const schema of ['http:', 'https:']) markdown.linkify.add(schema, { validate: addressLength })
  markdown.validateLink = href => !/^[a-z][a-z0-9+.-]*:/i.test(href.trim()) || /^(?:https?|mailto):/i.test(href.trim())
}

/** Core rule: every link gets its settled address and `rel`, pictures from elsewhere become links, and links are counted. */
export function settleLinks(state: StateCore): void {
  const env = state.env as PostEnv
  for (const block of state.tokens) if (block.type === 'inline' && block.children) block.children = settleInline(block.children, state, env)
}

/** An address as shown to readers: at most 60 letters. */
export function shortenAddress(address: string): string {
  const letters = Array.from(address.slice(0, LONGEST_SHOWN * 2 + 2))
  return letters.length > LONGEST_SHOWN ? `${letters.slice(0, LONGEST_SHOWN - 1).join('')}…` : address
}

type Place = { href: string; outside: boolean; media: boolean }

function settleInline(tokens: Token[], state: StateCore, env: PostEnv): Token[] {
  const settled: Token[] = []
  let open: 'kept' | 'dropped' | undefined
  for (const token of tokens) {
    if (token.type === 'link_open') {
      open = settleLink(token, env) ? 'kept' : 'dropped'
      if (open === 'kept') settled.push(token)
    } else if (token.type === 'link_close') {
      if (open === 'kept') settled.push(token)
      open = undefined
    } else if (token.type === 'image') settled.push(...settleImage(token, state, env, open === 'kept'))
    else settled.push(token)
  }
  return settled
}

/** Past the limit nothing is settled, because nothing will be shown. Gives the link its address and `rel`; false when it leads nowhere and only its text should stay. */
function settleLink(link: Token, env: PostEnv): boolean {
  if (link.meta?.mention || env.links > MOST_LINKS) return true
  const place = placeOf(String(link.attrGet('href') ?? ''), env.siteUrl)
  if (!place) return false
  env.links += 1
  link.attrSet('href', place.href)
  if (place.outside) link.attrSet('rel', 'nofollow ugc noopener')
  return true
}

function settleImage(image: Token, state: StateCore, env: PostEnv, insideLink: boolean): Token[] {
  const place = placeOf(String(image.attrGet('src') ?? ''), env.siteUrl)
  if (place?.media) {
    settlePicture(image, place.href)
    return [image]
  }
  const words = new state.Token('text', '', 0)
  words.content = state.md.renderer.renderInlineAsText(image.children ?? [], state.md.options, env) || (place?.href ?? '')
  if (!place || insideLink) return [words]
  const link = new state.Token('link_open', 'a', 1)
  link.attrSet('href', place.href)
  settleLink(link, env)
  return [link, words, new state.Token('link_close', 'a', -1)]
}

/** Our own pictures carry their size as `#800x600` at the end of the address, so that the page does not jump while they load. */
function settlePicture(image: Token, href: string): void {
  const [src = '', mark = ''] = href.split('#')
  const size = /^(\d{1,5})x(\d{1,5})$/.exec(mark)
  image.attrSet('src', src)
  if (size?.[1] && size[2]) {
    image.attrSet('width', size[1])
    image.attrSet('height', size[2])
  }
  image.attrSet('loading', 'lazy')
}

/** Where an address leads, written as it may stand in a page; undefined when it leads nowhere a post may lead. */
function placeOf(href: string, siteUrl: string | undefined): Place | undefined {
  if (href.startsWith('#')) return { href, outside: false, media: false }
  const site = URL.parse(siteUrl ?? 'https://site.invalid/')
  const url = site && URL.parse(href, site.href)
  if (!url || !site) return undefined
  if (url.protocol === 'mailto:') return { href: url.href, outside: false, media: false }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined
  const absolute = /^(?:[a-z][a-z0-9+.-]*:|[/\\]{2})/i.test(href)
  if (url.origin === site.origin && (!absolute || (siteUrl !== undefined && isUnder(site.pathname, url.pathname)))) return ownPlace(url)
  // A name before the host (https://bank.example@evil.example) is only ever used to deceive.
  url.username = ''
  url.password = ''
  return { href: url.href, outside: true, media: false }
}

function ownPlace(url: URL): Place {
  // "//host" at the start of a relative address would lead to another site.
  const path = url.pathname.replace(/^\/+/, '/')
  return { href: path + url.search + url.hash, outside: false, media: path.startsWith(MEDIA) && path.length > MEDIA.length }
}

function isUnder(base: string, path: string): boolean {
  return path === base || path.startsWith(base.endsWith('/') ? base : `${base}/`)
}

function addressLength(text: string, at: number): number {
  ADDRESS.lastIndex = at
  const found = ADDRESS.exec(text)?.[0]
  return found ? withoutTail(found).length : 0
}

/** Punctuation at the end belongs to the sentence, and a bracket only if it was opened inside the address. */
function withoutTail(address: string): string {
  let end = address.length
  let surplus = { ')': count(address, ')') - count(address, '('), ']': count(address, ']') - count(address, '[') }
  for (; end > 2; end--) {
    const last = address[end - 1] ?? ''
    if (last === ')' || last === ']') {
      if (surplus[last] <= 0) break
      surplus = { ...surplus, [last]: surplus[last] - 1 }
    } else if (!".,:;!?'*_~".includes(last)) break
  }
  return address.slice(0, end)
}

function count(text: string, letter: string): number {
  return text.split(letter).length - 1
}
