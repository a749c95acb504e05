/** Structured data as it stands in a page, whatever is in it: no text in it can end the element it stands in. */
export const structuredHtml = (data: object | undefined): string | undefined =>
  data && JSON.stringify(data).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')

/** What a reader reads of HTML that we rendered: blocks apart, without markup. */
export const readText = (html: string): string =>
  html
    .replace(BLOCK_ENDS, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => LETTERS[name] ?? '')
    .replace(/\n{2,}/g, '\n')
    .trim()

const BLOCK_ENDS = /<br\s*\/?>|<\/(?:p|li|h\d|pre|blockquote|tr|div)>/g
const LETTERS: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
