import words from './words.json' with { type: 'json' }

export const PERSONAL_KINDS = ['card', 'mail', 'phone', 'contract', 'address'] as const
export type PersonalKind = (typeof PERSONAL_KINDS)[number]
/** Where personal data stands in a text, from `start` to `end`. */
export type Found = { kind: PersonalKind; start: number; end: number }

/**
 * Telephone numbers (Japanese and +81; not freephone, which is a company's), mail addresses, postal addresses, payment cards (by their check
 * digit, ISO/IEC 7812) and contract numbers in a text, in the order they stand there. Full-width digits and every kind of dash are read
 * as what they mean. What is quoted code or an address on the net is left alone.
 */
export function findPersonal(text: string): Found[] {
  const read = readable(text)
  const found = PERSONAL_KINDS.flatMap(kind => FINDERS[kind](read).map(([start, end]): Found => ({ kind, start, end })))
  const alone = found.filter((each, place) => !found.slice(0, place).some(other => each.start < other.end && other.start < each.end))
  return alone.toSorted((a, b) => a.start - b.start)
}

/** The text with each piece of personal data replaced by what `instead` says of its kind. */
export function masked(text: string, instead: (kind: PersonalKind) => string): string {
  return findPersonal(text).reduceRight((rest, { kind, start, end }) => rest.slice(0, start) + instead(kind) + rest.slice(end), text)
}

/** Full-width signs as plain ones and all dashes as one, letter for letter, so that places stay; addresses on the net are blanked. */
const readable = (text: string): string =>
  text
    .replace(/[\uff01-\uff5e]/g, sign => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
    .replace(/(?<=\d)[\u2010-\u2015\u2212\u30fc\uff70\u2500](?=\d)/g, '-')
    .replace(/\u3000/g, ' ')
    .replace(/https?:\/\/\S+/g, address => ' '.repeat(address.length))

const FINDERS: Record<PersonalKind, (text: string) => [number, number][]> = {
  card: text => spans(text, /(?<![\d-])\d(?:[ -]?\d){12,18}(?![\d-])/g).filter(([start, end]) => isCard(text.slice(start, end))),
  mail: text =>
    spans(text, /[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}\.[a-z]{2,24}(?![\w@])/gi).filter(
      ([start, end]) => !/@(?:\w+\.)*example\.(?:com|org|net|jp)$/i.test(text.slice(start, end)),
    ),
  phone: text => spans(text, PHONE).filter(([start, end]) => isPhone(text.slice(start, end))),
  contract: text => spans(text, CONTRACT, 1),
  address: text => [...spans(text, POSTCODE), ...spans(text, ADDRESS)],
}

const PHONE = /(?<![\d-])(?:\+81[ -]?\(?0?\)?[1-9]|\(?0[1-9])\d{0,4}\)?[ -]?\(?\d{1,4}\)?[ -]?\d{3,4}(?![\d-])/g
const LABEL = words.contract.map(label => label.replace(/ /g, '\\s?')).join('|')
const CONTRACT = new RegExp(`(?:${LABEL})[^\\w\\n]{0,6}([A-Za-z]{0,4}-?\\d[\\dA-Za-z-]{4,20})`, 'gidu')
const POSTCODE = /\u3012\s?\d{3}-?\d{4}/g
const ADDRESS = new RegExp(
  `(?:${words.prefectures.join('|')})[^\\s\\d\\u3001\\u3002]{1,12}[${words.places}][^\\s\\u3001\\u3002]{0,20}?\\d{1,4}(?:[-${words.blocks}]{1,2}\\d{1,4}){0,3}[${words.blocks}]{0,2}`,
  'gu',
)

/** Ten digits, or eleven for mobile and net telephones; freephone, navigation and premium numbers are nobody's own. */
function isPhone(written: string): boolean {
  const digits = written.replace(/^\+81[ -]?\(?0?\)?/, '0').replace(/\D/g, '')
  if (/^0(?:120|800|570|990)/.test(digits)) return false
  const isMobile = /^0[5-9]0/.test(digits)
  // Without a dash, blank or bracket ten digits may be anything; a mobile number is known by its beginning.
  return isMobile ? digits.length === 11 : digits.length === 10 && /\D/.test(written)
}

/** Luhn's check digit; one digit again and again is none. */
function isCard(written: string): boolean {
  const digits = [...written.replace(/\D/g, '')].map(Number)
  if (new Set(digits).size < 2) return false
  const sum = digits.toReversed().reduce((all, digit, place) => all + (place % 2 ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit), 0)
  return sum % 10 === 0
}

/** Where a pattern stands, or one group of it. */
const spans = (text: string, pattern: RegExp, group = 0): [number, number][] =>
  [...text.matchAll(pattern)].map(match => match.indices?.[group] ?? [match.index, match.index + match[0].length])
