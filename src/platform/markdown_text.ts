import type { Token } from 'markdown-it'

// Format characters, marks without a letter, fillers, the empty Braille cell and what stands for NUL show nothing.
const SEEN = /[^\p{Cf}\p{Cc}\p{Z}\p{M}\u115f\u1160\u2800\u3164\uffa0\ufffd]/u

/** What a post says without its markup: paragraphs apart by an empty line, list items and table rows on lines of their own. */
export function plainTextOf(tokens: Token[]): string {
  const lines = tokens
    .map(textOfBlock)
    .join('')
    .split('\n')
    .map(line => line.trimEnd())
  // One empty line between paragraphs, however deep the quotes and lists that end there.
  return lines
    .filter((line, at) => line !== '' || lines[at - 1] !== '')
    .join('\n')
    .trim()
}

/** Whether a reader sees nothing: no picture and no visible letter. */
export function isBlank(tokens: Token[]): boolean {
  return tokens.every(({ type, content, children }) =>
    type === 'inline' ? isBlank(children ?? []) : type !== 'image' && !SEEN.test(content),
  )
}

function textOfBlock(token: Token): string {
  switch (token.type) {
    case 'inline':
      return textOfInline(token.children ?? [])
    case 'fence':
    case 'code_block':
      return `${token.content}\n`
    case 'list_item_open':
      return token.info ? `${token.info}${token.markup} ` : '- '
    case 'paragraph_close':
      return token.hidden ? '\n' : '\n\n'
    case 'td_close':
    case 'th_close':
      return '\t'
    case 'tr_close':
      return '\n'
    case 'heading_close':
    case 'table_close':
    case 'bullet_list_close':
    case 'ordered_list_close':
      return '\n\n'
    default:
      return ''
  }
}

function textOfInline(tokens: Token[]): string {
  return tokens.map(token => (token.type === 'softbreak' || token.type === 'hardbreak' ? '\n' : wordsOf(token))).join('')
}

function wordsOf(token: Token): string {
  return token.type === 'image' ? textOfInline(token.children ?? []) : token.content
}
