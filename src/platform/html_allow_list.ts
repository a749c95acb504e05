import sanitizeHtml from 'sanitize-html'

// What the Markdown rules write: another site, mail, a path on this site, a place on this page.
const ADDRESS = /^(?:https?:\/\/[^/]|mailto:|\/(?![/\\])|#)/
const ALIGNMENTS = ['align-left', 'align-center', 'align-right']

/** The one list of what a post may hold; whatever else reaches it is dropped, its text kept. */
const FORUM: sanitizeHtml.IOptions = {
  allowedTags: [
    ...['p', 'br', 'hr', 'h3', 'h4', 'h5', 'h6', 'strong', 'em', 's', 'blockquote', 'ul', 'ol', 'li', 'pre', 'code'],
    ...['a', 'img', 'div', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ],
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
  exclusiveFilter: ({ tag, attribs }) => {
    if (tag === 'img') return !attribs.src?.startsWith('/media/')
    return tag === 'a' && !ADDRESS.test(attribs.href ?? '') ? 'excludeTag' : false
  },
}

/** HTML → HTML that holds only what a post may hold. The last gate before a body is stored. */
export function sanitize(html: string): string {
  return sanitizeHtml(html.toWellFormed().replaceAll('\0', '\ufffd'), FORUM)
}
