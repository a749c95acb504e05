import MarkdownIt, { type MarkdownIt as Markdown, type Token } from 'markdown-it'
import cjkFriendly from 'markdown-it-cjk-friendly'
import { recognizeAddresses, settleLinks, shortenAddress } from './markdown_links.ts'
import { linkMentions } from './markdown_mentions.ts'
import { isBlank, plainTextOf } from './markdown_text.ts'

/** `handles`: members who may be mentioned (lower case). `siteUrl`: this site's own address, e.g. `https://hiroba.example`. */
export type MarkdownOptions = { handles?: ReadonlySet<string> | undefined; siteUrl?: string | undefined }

/** What the rules know of the post being rendered, and what they count in it. */
export type PostEnv = MarkdownOptions & { [key: string | symbol]: unknown; links: number; mentioned: Set<string> }

// A list takes two levels and a quote one. Deeper nesting shows nothing to a reader, and costs more than linear time.
const DEEPEST = 24

const markdown = postMarkdown()
// Tables are the one thing that can cost far more than its length (cells a row leaves out are filled in), and mentions need none.
const mentionMarkdown = postMarkdown().disable('table')

/** A post that was read. `toHtml` writes HTML that is not sanitised yet. */
type Reading = { text: string; isBlank: boolean; links: number; toHtml: () => string }

/** Reads a post's Markdown. Takes any source of any length, in no set time: see `renderBody` for the limits. */
export function readMarkdown(source: string, options: MarkdownOptions = {}): Reading {
  const env: PostEnv = { ...options, links: 0, mentioned: new Set() }
  const tokens = markdown.parse(source.toWellFormed(), env)
  return {
    text: plainTextOf(tokens),
    isBlank: isBlank(tokens),
    links: env.links,
    toHtml: () => markdown.renderer.render(tokens, markdown.options, env),
  }
}

/** Who is mentioned outside code, links and mail addresses: handles in lower case, each once, in order, whether they exist or not. */
export function mentionsOf(source: string): string[] {
  const env: PostEnv = { links: 0, mentioned: new Set() }
  mentionMarkdown.parse(source.toWellFormed(), env)
  return [...env.mentioned]
}

function postMarkdown(): Markdown {
  const markdown = new MarkdownIt({ html: false, linkify: true, breaks: true, maxNesting: DEEPEST })
  markdown.use(cjkFriendly).use(recognizeAddresses)
  markdown.core.ruler.before('text_join', 'mentions', linkMentions)
  markdown.core.ruler.push('settle_links', settleLinks)
  markdown.core.ruler.push('settle_blocks', state => state.tokens.forEach(settleBlock))
  markdown.renderer.rules.table_open = () => '<div class="table-scroll" tabindex="0">\n<table>\n'
  markdown.renderer.rules.table_close = () => '</table>\n</div>\n'
  markdown.renderer.rules.text = (tokens, at) => {
    const content = tokens[at]?.content ?? ''
    return markdown.utils.escapeHtml(isAutoLink(tokens[at - 1]) ? shortenAddress(content) : content)
  }
  return markdown
}

function isAutoLink(token: Token | undefined): boolean {
  return token?.type === 'link_open' && token.info === 'auto'
}

/** A post's headings start below the page's own h1 and h2; a column's alignment is a class, because the CSP forbids style attributes. */
function settleBlock(token: Token): void {
  if (token.type === 'heading_open' || token.type === 'heading_close') token.tag = `h${Math.min(6, Number(token.tag.slice(1)) + 2)}`
  if (token.type !== 'th_open' && token.type !== 'td_open') return
  const side = /^text-align:(left|center|right)$/.exec(String(token.attrGet('style') ?? ''))?.[1]
  token.attrs = side ? [['class', `align-${side}`]] : null
}
