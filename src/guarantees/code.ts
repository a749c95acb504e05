import { randomInt } from 'node:crypto'

/** Digits and letters nobody mistakes for each other: none of 0 O, 1 I L, 2 Z, 5 S, 8 B, U V Y. Their number is a prime. */
const SIGNS = '34679ACDEFGHJKMNPQRTVWX'
const LENGTH = 6

/**
 * A new code: six random signs and a seventh that checks them, e.g. `HG-7K4M9QC`. The weights 1 to 7 are different modulo a prime, so
 * one wrong sign and two that changed places are always noticed.
 */
export function makeCode(): string {
  const signs = Array.from({ length: LENGTH }, () => SIGNS[randomInt(SIGNS.length)]).join('')
  return `HG-${signs}${checkOf(signs)}`
}

/** A code as it is kept, from whatever people type (`hg 7k4m-9qc`); undefined when it cannot be one. */
export function readCode(typed: string): string | undefined {
  const plain = typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\-‐‑–—ー]/gu, '')
  // A code may itself begin with these two letters.
  const signs = plain.length > LENGTH + 1 ? plain.replace(/^HG/, '') : plain
  if (signs.length !== LENGTH + 1 || [...signs].some(sign => !SIGNS.includes(sign))) return undefined
  return checkOf(signs.slice(0, LENGTH)) === signs[LENGTH] ? `HG-${signs}` : undefined
}

function checkOf(signs: string): string {
  const sum = [...signs].reduce((total, sign, index) => total + (index + 1) * SIGNS.indexOf(sign), 0)
  // The sum of all seven, each by its weight, is nothing: the last one makes up for the others.
  const place = Array.from(SIGNS).findIndex((_, value) => (sum + (LENGTH + 1) * value) % SIGNS.length === 0)
  return SIGNS[place] ?? ''
}
