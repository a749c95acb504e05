import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { hash, verify } from '@node-rs/argon2'
import type { FieldErrors } from '../platform/errors.ts'

/** argon2id with 19 MiB and two passes: OWASP's first choice of 2025. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const PASSWORD_MIN = 10
const PASSWORD_MAX = 200

/** The hash to keep of a password. */
export const hashPassword = (password: string): Promise<string> => hash(normal(password), COST)

// Nobody's password: compared with where there is no account, so that the answer takes as long as for one that exists.
const nobodys = '$argon2id$v=19$m=19456,t=2,p=1$aPiugN1aBVXbmMBDFt7GHw$k7XztuuhGfi40PmF6KWbFCq3HHUf55ZbAqQJzelGTPM'

/** Whether `password` belongs to `kept`. Computes a hash even where there is none to compare with. */
export async function passwordMatches(kept: string | null | undefined, password: string): Promise<boolean> {
  const matches = await verify(kept ?? nobodys, normal(password))
  return matches && kept != null
}

/** Full-width letters and other ways to type the same characters count as the same (NIST SP 800-63B, 5.1.1.2). */
const normal = (password: string) => password.normalize('NFKC')

/** Why a password is not accepted: too short, too long, known to every guesser, or made of what everybody can see of the person. */
export function passwordProblem(password: string, person: { handle?: string; email?: string | null }): FieldErrors[string] | undefined {
  const plain = normal(password).toLowerCase()
  if ([...plain].length < PASSWORD_MIN) return { key: 'accounts.password.tooShort', values: { min: PASSWORD_MIN } }
  if (plain.length > PASSWORD_MAX) return { key: 'accounts.password.tooLong', values: { max: PASSWORD_MAX } }
  if (isOwn(plain, person)) return 'accounts.password.own'
  return isCommon(plain) ? 'accounts.password.common' : undefined
}

function isOwn(plain: string, { handle = '', email }: { handle?: string; email?: string | null }): boolean {
  const own = [handle, email ?? '', email?.split('@')[0] ?? ''].map(text => text.toLowerCase()).filter(text => text.length >= 3)
  return own.some(text => plain === text || (stem(text) !== '' && stem(plain) === stem(text)) || plain.replaceAll(text, '').length < 3)
}

function isCommon(plain: string): boolean {
  common ??= readCommon()
  return new Set(plain).size < 4 || common.long.has(plain) || common.words.has(stem(plain))
}

/** The word inside `password2024!`. */
const stem = (text: string) => text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')

// Read when somebody first chooses a password: it is three megabytes.
let common: ReturnType<typeof readCommon> | undefined

/** Of the 49,000 most used passwords only those long enough to be accepted here, and the 3,000 words people add digits to. */
function readCommon(): { long: Set<string>; words: Set<string> } {
  const file = createRequire(import.meta.url).resolve('@zxcvbn-ts/language-common/src/passwords.json')
  const all: string[] = JSON.parse(readFileSync(file, 'utf8'))
  return {
    long: new Set(all.filter(text => text.length >= PASSWORD_MIN)),
    words: new Set(
      all
        .slice(0, 3000)
        .map(stem)
        .filter(text => text.length >= 4),
    ),
  }
}
