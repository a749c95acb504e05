/** What a run of letters is written in; `other` is everything that makes no term. */
export type Script = 'latin' | 'kanji' | 'hiragana' | 'katakana' | 'other'

/** The script of the letter at a place of a normalised text. */
export function scriptAt(text: string, at: number): Script {
  const code = text.charCodeAt(at)
  if (code < 0x80) return isLatin(code) ? 'latin' : 'other'
  if (isHiragana(code)) return 'hiragana'
  if (isKatakana(code)) return 'katakana'
  return isKanji(text, at, code) ? 'kanji' : 'other'
}

/** Where the run that begins at a place ends. A long vowel mark goes on with hiragana, a joint with Latin where letters follow. */
export function endOf(text: string, at: number, script: Script): number {
  let end = at + (script === 'kanji' && isHigh(text.charCodeAt(at)) ? 2 : 1)
  if (script === 'hiragana') while (isHiragana(text.charCodeAt(end)) || text.charCodeAt(end) === longVowel) end++
  else if (script === 'katakana') while (isKatakana(text.charCodeAt(end))) end++
  else if (script === 'latin')
    while (isLatin(text.charCodeAt(end)) || (isJoint(text.charCodeAt(end)) && isLatin(text.charCodeAt(end + 1)))) end++
  else if (script === 'kanji') while (isKanji(text, end, text.charCodeAt(end))) end += isHigh(text.charCodeAt(end)) ? 2 : 1
  return end
}

const longVowel = 0x30fc
const joints = [..."-'._"].map(letter => letter.charCodeAt(0))
const han = /^\p{Script=Han}/u

const isLatin = (code: number) => (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39)
const isJoint = (code: number) => joints.includes(code)
const isHiragana = (code: number) => code >= 0x3041 && code <= 0x3096
const isKatakana = (code: number) => (code >= 0x30a1 && code <= 0x30fa) || code === longVowel
const isHigh = (code: number) => code >= 0xd800 && code <= 0xdbff

/** The block of common kanji by its bounds, all others (rare ones, signs of repetition, of two units) as Unicode has it. */
function isKanji(text: string, at: number, code: number): boolean {
  if (code >= 0x4e00 && code <= 0x9fff) return true
  return code >= 0x2e80 && !(code >= 0x30fd && code <= 0x33ff) && han.test(text.slice(at, at + 2))
}
