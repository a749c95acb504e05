/** A name as it is compared: width, case, spaces and hyphens do not matter (`AX 3200`, `ax-3200`). */
export const nameKey = (name: string) => name.normalize('NFKC').toLowerCase().replace(LONG_AS_HYPHEN, '').replace(SEPARATORS, '')

const SEPARATORS = /[\s\-‐‑–—・._/]/gu
/** The mark of a long vowel is what people type for a hyphen between letters and digits. */
const LONG_AS_HYPHEN = /(?<=[a-z0-9])ー(?=[a-z0-9])/gu
const isPlain = (letter: string) => /[a-z0-9]/.test(letter)
const between = (a: string, b: string) => (isPlain(a) && isPlain(b) ? '[\\s\\-‐‑–—ー・._/]*' : '[\\s\\-‐‑–—・._/]*')

/** Whether a text names a thing: the name stands there whole, however its parts are joined. */
export function namesIt(text: string, name: string): boolean {
  const letters = [...nameKey(name)]
  if (letters.length < SHORTEST) return false
  const pattern = letters.reduce(
    (all, letter, index) => all + (index ? between(letters[index - 1] ?? '', letter) : '') + escaped(letter),
    '',
  )
  const [first = '', last = ''] = [letters[0], letters.at(-1)]
  return new RegExp(`${isPlain(first) ? '(?<![a-z0-9])' : ''}${pattern}${isPlain(last) ? '(?![a-z0-9])' : ''}`, 'u').test(
    text.normalize('NFKC').toLowerCase(),
  )
}

const escaped = (letter: string) => letter.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

/** Shorter names stand in too many texts to be guessed from them. */
const SHORTEST = 3

/** Names as people type them into one field: parted by commas (Japanese ones too) or lines. */
export const readNames = (text: string, most: number): string[] => [
  ...new Set(
    text
      .normalize('NFKC')
      .split(/[,\u3001\n]+/u)
      .map(name => name.replace(/\p{C}/gu, '').replace(/\s+/gu, ' ').trim())
      .filter(Boolean)
      .slice(0, most),
  ),
]
