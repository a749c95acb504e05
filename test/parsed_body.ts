import { type DefaultTreeAdapterTypes, parseFragment, serialize } from 'parse5'

// Written out a second time on purpose: a wider allow-list must be meant, not slip in.
const ATTRIBUTES: Record<string, Record<string, RegExp>> = {
  a: { href: /^(?:https?:\/\/[^/]|mailto:|\/(?![/\\])|#)/, title: /^/, rel: /^nofollow ugc noopener$/, class: /^mention$/ },
  img: { src: /^\/media\/./, alt: /^/, title: /^/, width: /^\d{1,5}$/, height: /^\d{1,5}$/, loading: /^lazy$/ },
  ol: { start: /^\d{1,9}$/ },
  code: { class: /^language-[\w+#.-]{1,24}$/ },
  div: { class: /^table-scroll$/, tabindex: /^0$/ },
  th: { class: /^align-(?:left|center|right)$/ },
  td: { class: /^align-(?:left|center|right)$/ },
}
const PLAIN = 'p br hr h3 h4 h5 h6 strong em s blockquote ul li pre table thead tbody tr'.split(' ')
const SITE = 'https://site.invalid'

type Node = DefaultTreeAdapterTypes.ChildNode
type Element = DefaultTreeAdapterTypes.Element

/** What a browser would find in a rendered body that may not be there, as sentences; empty when all is well. Parses for real. */
export function faultsIn(html: string): string[] {
  const fragment = parseFragment(html)
  const faults = fragment.childNodes.flatMap(faultsOf)
  const again = serialize(parseFragment(serialize(fragment)))
  if (again !== serialize(fragment)) faults.push('reads differently when it is written and read again')
  if (html.includes('\0') || !html.isWellFormed()) faults.push('holds letters a database refuses')
  return faults
}

/** Every element of a rendered body, in order. */
export function elementsIn(html: string): Element[] {
  const walk = (node: Node): Element[] => ('tagName' in node ? [node, ...node.childNodes.flatMap(walk)] : [])
  return parseFragment(html).childNodes.flatMap(walk)
}

function faultsOf(node: Node): string[] {
  if (node.nodeName === '#text') return []
  if (!('tagName' in node)) return [`a ${node.nodeName}`]
  const known = ATTRIBUTES[node.tagName] ?? (PLAIN.includes(node.tagName) ? {} : undefined)
  if (!known || node.namespaceURI !== 'http://www.w3.org/1999/xhtml') return [`an element <${node.tagName}>`]
  const attributes = node.attrs
    .filter(({ name, value }) => !known[name]?.test(value))
    .map(({ name, value }) => `<${node.tagName} ${name}="${value}">`)
  return [...attributes, ...faultsOfLink(node), ...node.childNodes.flatMap(faultsOf)]
}

function faultsOfLink(link: Element): string[] {
  const value = (name: string) => link.attrs.find(attribute => attribute.name === name)?.value
  const address = value('href') ?? value('src')
  if (address === undefined) return link.tagName === 'a' || link.tagName === 'img' ? [`<${link.tagName}> without an address`] : []
  const url = URL.parse(address, SITE)
  if (!url || !['https:', 'http:', 'mailto:'].includes(url.protocol)) return [`an address "${address}"`]
  const outside = url.protocol !== 'mailto:' && url.origin !== SITE
  if (outside && link.tagName === 'img') return [`a picture from ${address}`]
  if (outside !== (value('rel') !== undefined)) return [`rel="${value('rel')}" on ${address}`]
  return value('class') && !/^\/u\/\w{3,20}$/.test(address) ? [`a mention that leads to ${address}`] : []
}
