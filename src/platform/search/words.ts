import { cutTerm, isAsking, isAskingOrGrammar, remembering, spellKatakana, type TermFound, type TermKind } from './term.ts'

/** Tells the words of a normalised text, as a segmenter has them, to `found`; those of Latin letters are not among them. */
export function eachWord(text: string, found: TermFound): void {
  for (const { segment, index, isWordLike } of segmenter.segment(text)) {
    const word = isWordLike ? wordOf(segment) : nothing
    if (!word) continue
    found(word.term, word.kind, index, segment.length)
    if (word.kana) found(word.kana, 'kana', index, segment.length)
  }
}

const segmenter = new Intl.Segmenter('ja', { granularity: 'word' })
const latinOnly = /^[^\u0080-\uffff]+$/
const hiraganaOnly = /^[\p{Script=Hiragana}\u30fc]+$/u
const kanaOnly = /^[\u3041-\u3096\u30a1-\u30fa\u30fc]+$/
const katakanaLetters = /[\u30a1-\u30f6]/g
const katakanaOnly = /^[\p{Script=Katakana}\u30fc]+$/u

/** A word as it is indexed, and once more as it sounds. */
type Word = { term: string; kind: TermKind; kana?: string }
const nothing = null

const wordOf = remembering((segment): Word | null => {
  if (latinOnly.test(segment)) return nothing
  const term = katakanaOnly.test(segment) ? spellKatakana(segment) : cutTerm(segment)
  const kind = kindOf(term)
  if (!kind) return nothing
  return { term, kind, kana: kind !== 'asking' && term.length > 1 && kanaOnly.test(term) ? kanaTerm(term) : undefined }
})

function kindOf(word: string): TermKind | undefined {
  if (isAsking(word)) return 'asking'
  if (!hiraganaOnly.test(word)) return 'word'
  return word.length > 1 && !isAskingOrGrammar(word) ? 'hiragana' : undefined
}

/** Words in kana once more as they sound: some write them in hiragana and some in katakana. */
function kanaTerm(word: string): string {
  const sound = word.replace(katakanaLetters, letter => String.fromCharCode(letter.charCodeAt(0) - 0x60))
  return `~${sound.length >= 4 ? sound.replace(/\u30fc$/, '') : sound}`
}
