import { Invalid } from './errors.ts'
import { sanitize } from './html_allow_list.ts'
import { type MarkdownOptions, readMarkdown } from './markdown.ts'
import { MOST_LINKS } from './markdown_links.ts'

/** Raised whenever the same source would give other HTML; stored beside each body, so that old ones can be rendered anew. */
export const RENDERER_VERSION = 1

export type Body = { html: string; text: string; version: number }

/** The messages under `body` in the locales. */
type Refusal = 'body.tooLong' | 'body.tooManyLinks' | 'body.tooSlow' | 'body.empty'

const LARGEST_OUTPUT = 512 * 1024

/** Renders in the calling thread without a time limit. Throws `Invalid` for what a post may not be; everyone but the pool uses `renderBody`. */
export function renderNow(source: string, options: MarkdownOptions): Body {
  const post = readMarkdown(source, options)
  if (post.isBlank) throw refusal('body.empty')
  if (post.links > MOST_LINKS) throw refusal('body.tooManyLinks')
  const raw = post.toHtml()
  if (Buffer.byteLength(raw) > LARGEST_OUTPUT) throw refusal('body.tooLong')
  const html = sanitize(raw)
  if (Buffer.byteLength(html) > LARGEST_OUTPUT) throw refusal('body.tooLong')
  return { html, text: post.text, version: RENDERER_VERSION }
}

/** The error shown at the field `body`. */
export function refusal(key: Refusal): Invalid {
  return new Invalid({ body: key })
}
