/** A corporate number as it is kept: thirteen digits, without the T of an invoice number, spaces and hyphens. */
export const normalNumber = (typed: string) =>
  typed
    .normalize('NFKC')
    .replace(/[\s\-‐‑–—ー]/gu, '')
    .replace(/^T/i, '')

/**
 * Whether a corporate number is one: its first digit checks the other twelve. (Ministerial ordinance on corporate numbers, Art. 2:
 * 9 − Σ Pₙ × Qₙ mod 9, where Pₙ is
 * the n-th digit from the right and Qₙ is 1 for odd n, 2 for even n.)
 */
export function isCorporateNumber(number: string): boolean {
  if (!/^[1-9]\d{12}$/.test(number)) return false
  const digits = [...number.slice(1)].reverse().map(Number)
  const sum = digits.reduce((total, digit, index) => total + digit * (index % 2 === 0 ? 1 : 2), 0)
  return Number(number[0]) === 9 - (sum % 9)
}
