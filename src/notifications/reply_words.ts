import marks from './reply_marks.json' with { type: 'json' }

/** What mail programs write above the mail they quote, in Japanese and English, and our own line in the mail. */
const QUOTE_BEGINS = marks.begins.map(pattern => new RegExp(pattern, 'i'))
/** The first half of such a line that a program broke in two. */
const BROKEN = marks.broken.map(pattern => new RegExp(pattern, 'i'))

/** What somebody wrote himself in a reply by mail: without the mail he answers, without what his program adds, without his signature. */
export function ownWords(text: string): string {
  const lines = text.replace(/\r\n?/g, '\n').split('\n')
  const end = lines.findIndex(
    (line, at) => begins(line) || (BROKEN.some(half => half.test(line)) && begins(`${line} ${lines[at + 1] ?? ''}`)),
  )
  const own = end === -1 ? lines : lines.slice(0, end)
  while (own.length > 0 && /^\s*(?:>.*)?$/.test(own.at(-1) ?? '')) own.pop()
  return own.join('\n').trim()
}

const begins = (line: string) => QUOTE_BEGINS.some(pattern => pattern.test(line))
