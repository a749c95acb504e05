import { foldText } from '../../platform/search/fold.ts'

/**
 * A text as words of a list are looked for in it: width, case and kana made equal, repeated letters one, what is put between letters left
 * out. `runs` says how often a letter stood in a row, `gaps` whether something was left out before it; `starts`, `ends` lead back to the
 * original, `at` to `folded`, where nothing is left out and kana are what they were.
 */
export type Bare = {
  letters: string
  runs: number[]
  gaps: Gap[]
  starts: number[]
  ends: number[]
  at: number[]
  folded: string
}

/** What stood between two letters: nothing, marks alone, or a blank too. */
export type Gap = 0 | 1 | 2

const NOTHING = 0
const MARKS = 1
const BLANK = 2

/** Folds a text for comparing; `leet` reads signs and digits that stand for letters inside a Latin word as those letters. */
export function bareText(text: string, { leet = false } = {}): Bare {
  const { folded, starts, ends } = foldText(text)
  const plain = toHiragana(leet ? unleet(folded) : folded)
  const bare: Bare = { letters: '', runs: [], gaps: [], starts: [], ends: [], at: [], folded }
  let gap: Gap = NOTHING
  for (let place = 0; place < plain.length; place++) {
    const letter = plain.charAt(place)
    if (letter === '\n') bare.letters += addLetter(bare, letter, place, NOTHING)
    else if (isStretch(plain, place)) stretch(bare, ends[place])
    else if (isLetter.test(letter)) {
      if (gap === NOTHING && letter === bare.letters.at(-1)) repeat(bare, ends[place])
      else bare.letters += addLetter(bare, letter, place, gap)
    } else {
      gap = /\s/.test(letter) ? BLANK : gap || MARKS
      continue
    }
    gap = NOTHING
  }
  return bare

  function addLetter(into: Bare, letter: string, place: number, before: Gap): string {
    into.runs.push(1)
    into.gaps.push(before)
    into.starts.push(starts[place] ?? 0)
    into.ends.push(ends[place] ?? 0)
    into.at.push(place)
    return letter
  }
}

const toHiragana = (folded: string): string => folded.replace(katakana, letter => String.fromCharCode(letter.charCodeAt(0) - KANA_APART))

/** A Latin word with digits or signs in it as it would be read: `1d10t`. The same length, so that places stay. */
const unleet = (folded: string): string =>
  folded.replace(mixed, token => (/[a-z]/.test(token) ? token.replace(/[0134578@$!|]/g, sign => LEET[sign] ?? sign) : token))

const KANA_APART = 0x60
const katakana = /[\u30a1-\u30f6]/g
const isLetter = /[\p{L}\p{N}]/u
const mixed = /[a-z0134578@$!|]{3,}/g
const LEET: Record<string, string> = { 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't', 8: 'b', '@': 'a', $: 's', '!': 'i', '|': 'l' }

/** Rows of the kana table by their vowel, with the small vowel that draws each of them out. */
const ROWS: [string, string][] = [
  ['\u3041', '\u3042\u304b\u304c\u3055\u3056\u305f\u3060\u306a\u306f\u3070\u3071\u307e\u3084\u3083\u3089\u308f\u3041'],
  ['\u3043', '\u3044\u304d\u304e\u3057\u3058\u3061\u3062\u306b\u3072\u3073\u3074\u307f\u308a\u3043'],
  ['\u3045', '\u3046\u304f\u3050\u3059\u305a\u3064\u3065\u306c\u3075\u3076\u3077\u3080\u3086\u3085\u308b\u3045'],
  ['\u3047', '\u3048\u3051\u3052\u305b\u305c\u3066\u3067\u306d\u3078\u3079\u307a\u3081\u308c\u3047'],
  ['\u3049', '\u304a\u3053\u3054\u305d\u305e\u3068\u3069\u306e\u307b\u307c\u307d\u3082\u3088\u3087\u308d\u3092\u3049'],
]
const drawnOut = new Map(ROWS.flatMap(([small, row]) => [...row].map(letter => [letter, small] as const)))

/** A long mark or a small vowel that only draws the letter before it out. */
function isStretch(plain: string, place: number): boolean {
  const letter = plain.charAt(place)
  if (letter === '\u30fc' || letter === '\u301c' || letter === '~') return place > 0 && drawnOut.has(baseOf(plain, place))
  return drawnOut.get(baseOf(plain, place)) === letter
}

/** The letter that is drawn out at a place. */
function baseOf(plain: string, place: number): string {
  let before = place - 1
  while (before > 0 && /[\u30fc\u301c~]/.test(plain.charAt(before))) before--
  return plain.charAt(before)
}

function stretch(bare: Bare, end = 0): void {
  if (bare.ends.length > 0) bare.ends[bare.ends.length - 1] = end
}

function repeat(bare: Bare, end = 0): void {
  const last = bare.runs.length - 1
  bare.runs[last] = (bare.runs[last] ?? 0) + 1
  bare.ends[last] = end
}
