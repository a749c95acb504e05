import sanitizeHtml from 'sanitize-html'

/** The one list of what a post may hold; whatever else reaches it is dropped, its text kept. A test parses outputs against it. */
export const ALLOWED_ATTRIBUTES: Record<string, string[]> = {
  p: [],
  br: [],
  hr: [],
  h3: [],
  h4: [],
  h5: [],
  h6: [],
  strong: [],
  em: [],
  s: [],
  blockquote: [],
  ul: [],
  ol: ['start'],
  li: [],
  pre: [],
  code: ['class'],
  a: ['href', 'title', 'rel', 'class'],
  img: ['src', 'alt', 'title', 'width', 'height', 'loading'],
  div: ['class', 'tabindex'],
  table: [],
  thead: [],
  tbody: [],
  tr: [],
  th: ['class'],
  td: ['class'],
}

const ALIGNMENTS = ['align-left', 'align-center', 'align-right']

const FORUM: sanitizeHtml.IOptions = {
  allowedTags: Object.keys(ALLOWED_ATTRIBUTES),
  allowedAttributes: {
    ol: ['start'],
    a: ['href', 'title', { name: 'rel', multiple: true, values: ['nofollow', 'ugc', 'noopener'] }],
    img: ['src', 'alt', 'title', 'width', 'height', { name: 'loading', values: ['lazy'] }],
    div: [{ name: 'tabindex', values: ['0'] }],
  },
  allowedClasses: { a: ['mention'], code: [/^language-[\w+#.-]{1,24}$/], div: ['table-scroll'], th: ALIGNMENTS, td: ALIGNMENTS },
  allowedSchemes: ['http', 'https', 'mailto'],
  allowedSchemesByTag: { img: [] },
  allowProtocolRelative: false,
  disallowedTagsMode: 'discard',
  parseStyleAttributes: false,
  exclusiveFilter: frame => frame.tag === 'img' && !frame.attribs.src?.startsWith('/media/'),
}

/** HTML → HTML that holds only what a post may hold. The last gate before a body is stored. */
export function sanitize(html: string): string {
  return sanitizeHtml(html, FORUM)
}
