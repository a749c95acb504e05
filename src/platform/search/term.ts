import askingWords from './asking_words.json' with { type: 'json' }
import functionWords from './function_words.json' with { type: 'json' }

/**
 * What a term is made of; the same letters may be found as several kinds, and then weigh the sum.
 * Single kanji and hiragana triples are parts, not words: they begin with `*`, so that they never count as the word of the same letters.
 */
export type TermKind =
  | 'word'
  | 'latin'
  | 'hiragana'
  | 'asking'
  | 'kanji'
  | 'kanjiPair'
  | 'katakana'
  | 'katakanaPair'
  | 'border'
  | 'hiraganaTriple'
  | 'kana'

/** Takes one term: its letters, its kind, where it starts in the normalised text, and how many letters it takes there. */
export type TermFound = (term: string, kind: TermKind, at: number, length: number) => void

/** Letters of a term that are kept: longer ones are cut, so that any text stays indexable. */
export const longestTerm = 60

const asking = new Set(askingWords)
const functions = new Set(functionWords)

/** A term of at most the length that is kept. */
export function cutTerm(term: string): string {
  return term.length > longestTerm ? term.slice(0, longestTerm).toWellFormed() : term
}

/** Words that describe the asking, not the thing. */
export function isAsking(letters: string): boolean {
  return asking.has(letters)
}

/** Words of grammar, and those that only ask. */
export function isAskingOrGrammar(letters: string): boolean {
  return functions.has(letters) || asking.has(letters)
}

/** The one spelling of a katakana word: [v] is [b], small vowels after [u] are large; from four letters on no last long vowel mark. */
export function spellKatakana(word: string): string {
  const spelled = cutTerm(word)
    .replace(/\u30f4([\u30a1\u30a3\u30a7\u30a9]?)/g, (_, vowel) => spelledVu[vowel] ?? '\u30d6')
    .replace(/(?<=\u30a6)[\u30a1\u30a3\u30a7\u30a9]/g, small => String.fromCharCode(small.charCodeAt(0) + 1))
    .replace(/(?<=\u30a4)\u30e4/g, '\u30a2')
  return spelled.length >= 4 && spelled.endsWith('\u30fc') ? spelled.slice(0, -1) : spelled
}

const spelledVu: Record<string, string> = { '\u30a1': '\u30d0', '\u30a3': '\u30d3', '\u30a7': '\u30d9', '\u30a9': '\u30dc' }

/** The same function, which knows what it said of the short texts it was lately asked: a text has few words that are not in others. */
export function remembering<Said>(say: (text: string) => Said): (text: string) => Said {
  const known = new Map<string, Said>()
  return text => {
    // A longer piece may be a view of the whole text, which would be kept with it.
    if (text.length > longestRemembered) return say(text)
    let said = known.get(text)
    if (said === undefined) {
      said = say(text)
      if (known.size >= mostRemembered) known.clear()
      known.set(text, said)
    }
    return said
  }
}

const longestRemembered = 12
const mostRemembered = 8_000
