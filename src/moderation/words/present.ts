import type { Translate } from '../../platform/i18n.ts'
import type { Harshness } from './harshness.ts'
import type { FoundWord } from './matching.ts'

/** A text in pieces, those marked that are words of the lists. */
export function presentMarked(text: string, found: readonly Pick<FoundWord, 'start' | 'end'>[]) {
  const pieces: { text: string; isMarked?: boolean }[] = []
  let place = 0
  for (const { start, end } of found) {
    if (start > place) pieces.push({ text: text.slice(place, start) })
    pieces.push({ text: text.slice(start, end), isMarked: true })
    place = end
  }
  if (place < text.length) pieces.push({ text: text.slice(place) })
  return pieces
}

/** How harsh a text sounds, with each part of it in words. */
export const presentHarshness = (text: string, { score, parts, found }: Harshness, t: Translate) => ({
  score,
  pieces: presentMarked(text, found),
  parts: parts.map(({ name, points }) => ({ label: t(`words.parts.${name}`), points: points > 0 ? `+${points}` : String(points) })),
  words: [...new Map(found.map(({ word }) => [word.id, word])).values()].map(({ word, kind, action }) => ({
    word,
    kind: t(`words.kinds.${kind}`),
    action: t(`words.actions.${action}`),
  })),
})
