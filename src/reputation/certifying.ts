import { hashRaw } from '@node-rs/argon2'
import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import { keepProof } from '../media/proofs.ts'
import type { Db } from '../platform/db.ts'
import { ensure, type FieldErrors, Invalid } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import type { Storage } from '../platform/storage.ts'
import { findGrade, type Scheme } from './certification_schemes.ts'
import { canApply } from './people/policy.ts'
import { type CertificationRow, type CertificationStep, certificationSteps, certifications } from './people/schema.ts'

/** A certificate as its holder writes it down: `grade` is `{scheme}/{grade}`, days are `2026-11-24`, no expiry is an empty text. */
export type Certificate = { grade: string; edition: string; number: string; issuedOn: string; expiresOn: string; wantsAdvisor: boolean }
type Read = Pick<CertificationRow, 'scheme' | 'grade' | 'edition' | 'issuedOn' | 'expiresOn' | 'wantsAdvisor'> & { number: string }

/**
 * Presents a certificate with a picture of it, to be checked. The same one again while it waits or stands is the one that is there.
 * Throws Refused for those who may not write, Invalid at the fields, NoRoom, TooMany.
 */
export async function applyForCertification(
  stores: { db: Db; storage: Storage },
  actor: Actor,
  typed: Certificate,
  file: Buffer,
): Promise<Pick<CertificationRow, 'id'>> {
  ensure(canApply(actor), 'errors.cannotWrite')
  const certificate = read(typed)
  const { number, ...rest } = certificate
  const known = await findStanding(stores.db, actor, rest)
  if (known) return known
  const numberHash = await hashNumber(stores.db, rest.scheme, number)
  const sent = keepProof(stores, actor, file, picture =>
    stores.db.transaction(tx => insert(tx, { ...rest, accountId: actor.id, number, numberHash, picture })),
  )
  return sent.catch(async error => {
    const first = error instanceof SentAlready ? await findStanding(stores.db, actor, rest) : undefined
    if (!first) throw error
    return first
  })
}

/** Another press of the same button was faster; the picture this one brought is not needed. */
class SentAlready extends Error {}

async function insert(tx: Db, values: typeof certifications.$inferInsert): Promise<Pick<CertificationRow, 'id'>> {
  const [row] = await tx.insert(certifications).values(values).onConflictDoNothing().returning({ id: certifications.id })
  if (!row) throw new SentAlready()
  await noteStep(tx, row.id, 'waiting', values.accountId)
  await record(tx, 'certification.applied', { certificationId: row.id, accountId: values.accountId })
  return row
}

/** Writes down what was done about a certification; `actorId` null where the clock did it. */
export async function noteStep(tx: Db, certificationId: number, kind: CertificationStep, actorId: number | null, note = ''): Promise<void> {
  await tx.insert(certificationSteps).values({ certificationId, kind, actorId, note })
}

async function findStanding(db: Db, { id }: Actor, { scheme, grade, edition }: Pick<Read, 'scheme' | 'grade' | 'edition'>) {
  const [row] = await db
    .select({ id: certifications.id })
    .from(certifications)
    .where(
      and(
        eq(certifications.accountId, id),
        eq(certifications.scheme, scheme),
        eq(certifications.grade, grade),
        eq(certifications.edition, edition),
        inArray(certifications.state, ['waiting', 'second_look', 'approved']),
      ),
    )
  return row
}

/** The certificate from what was typed. Throws Invalid at every field that cannot be. */
function read(typed: Certificate): Read {
  const [schemeKey = '', gradeKey = ''] = typed.grade.split('/')
  const found = findGrade({ scheme: schemeKey, grade: gradeKey })
  const number = typed.number.normalize('NFKC').toUpperCase().replace(/[\s-]/g, '')
  const edition = Number(typed.edition.normalize('NFKC').trim())
  const [issuedOn, expiresOn] = [dayFrom(typed.issuedOn), dayFrom(typed.expiresOn)]
  const problems: FieldErrors = {
    ...(!found && { grade: 'certification.chooseGrade' }),
    ...(!(Number.isInteger(edition) && edition >= 1990 && edition <= today().getUTCFullYear()) && {
      edition: 'certification.wrongEdition',
    }),
    ...(!/^[0-9A-Z]{4,30}$/.test(number) && { number: 'certification.wrongNumber' }),
    ...issuedProblem(issuedOn, found?.scheme),
    ...expiryProblem(typed.expiresOn, expiresOn, issuedOn),
  }
  if (!found || !issuedOn || Object.keys(problems).length > 0) throw new Invalid(problems)
  return {
    scheme: found.scheme.key,
    grade: found.grade.key,
    edition,
    number,
    issuedOn,
    expiresOn: expiresOn ?? null,
    wantsAdvisor: typed.wantsAdvisor,
  }
}

/** A day as it is kept, if the text names one that there is. */
function dayFrom(text: string): string | undefined {
  const day = text.normalize('NFKC').trim()
  if (!/^(19|20)\d\d-\d\d-\d\d$/.test(day)) return undefined
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day) ? day : undefined
}

function issuedProblem(day: string | undefined, scheme: Scheme | undefined): FieldErrors {
  if (!day || day > dayOf(today())) return { issuedOn: 'certification.wrongDay' }
  const isThen = (!scheme?.from || day >= scheme.from) && (!scheme?.until || day <= scheme.until)
  return isThen ? {} : { issuedOn: 'certification.notThen' }
}

function expiryProblem(typed: string, day: string | undefined, issuedOn = ''): FieldErrors {
  if (!typed.trim()) return {}
  if (!day || day <= issuedOn) return { expiresOn: 'certification.wrongExpiry' }
  return day < dayOf(today()) ? { expiresOn: 'certification.expiredAlready' } : {}
}

const today = () => new Date(Date.now() + 9 * 3_600_000)
const dayOf = (at: Date) => at.toISOString().slice(0, 10)

/** A number has few digits: only a slow hash with the site's own salt keeps them from being tried one after the other. */
async function hashNumber(db: Db, scheme: string, number: string): Promise<Buffer> {
  const [row] = await db.execute<{ salt: string }>(sql`
    with made as (insert into site_settings (name, value) values ('certification.salt', to_jsonb(gen_random_uuid())) on conflict do nothing returning value)
    select value #>> '{}' as salt from made union all select value #>> '{}' from site_settings where name = 'certification.salt'`)
  return hashRaw(`${scheme}/${number}`, { salt: Buffer.from(row?.salt ?? ''), memoryCost: 19_456, timeCost: 2, parallelism: 1 })
}
