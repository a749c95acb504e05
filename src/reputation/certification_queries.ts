import { and, asc, desc, eq, inArray, isNull, ne, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { type Actor, isOperator } from '../accounts/actor.ts'
import { accounts } from '../accounts/schema.ts'
import type { Db } from '../platform/db.ts'
import { ensure, Missing } from '../platform/errors.ts'
import { atMost, momentCursor, type Page, pageOf } from '../platform/paging.ts'
import { type CertificationRow, certificationSteps, certifications } from './people/schema.ts'

const holder = { id: accounts.id, handle: accounts.handle, name: accounts.name, avatarKey: accounts.avatarKey, role: accounts.role }
const open = {
  id: certifications.id,
  accountId: certifications.accountId,
  scheme: certifications.scheme,
  grade: certifications.grade,
  edition: certifications.edition,
  issuedOn: certifications.issuedOn,
  expiresOn: certifications.expiresOn,
  wantsAdvisor: certifications.wantsAdvisor,
  state: certifications.state,
  secondLookById: certifications.secondLookById,
  reason: certifications.reason,
  decidedAt: certifications.decidedAt,
  createdAt: certifications.createdAt,
}

/** A certification without its number and picture. */
export type CertificationLine = Omit<CertificationRow, 'number' | 'numberHash' | 'picture' | 'remindedAt'>

/** One's own certifications, newest first; the number is not in them. */
export async function listOwnCertifications(db: Db, actor: Actor): Promise<CertificationLine[]> {
  return db
    .select(open)
    .from(certifications)
    .where(eq(certifications.accountId, actor.id))
    .orderBy(desc(certifications.id))
    .limit(atMost(50))
}

/** One's own certification. Throws Missing. */
export async function findOwnCertification(db: Db, actor: Actor, id: number): Promise<CertificationRow> {
  const [row] = await db
    .select()
    .from(certifications)
    .where(and(eq(certifications.id, id), eq(certifications.accountId, actor.id)))
  if (!row) throw new Missing()
  return row
}

export type CertificationInQueue = CertificationLine & { holder: { id: number; handle: string; name: string; avatarKey: string | null } }

/** The operator's queue: what waits, oldest first, or what was decided, latest first. */
export async function listCertifications(
  db: Db,
  actor: Actor,
  { list, after, size = 30 }: { list: 'waiting' | 'decided'; after?: string; size?: number },
): Promise<Page<CertificationInQueue>> {
  ensure(isOperator(actor), 'errors.refused')
  const waits = list === 'waiting'
  const column = waits ? certifications.createdAt : certifications.decidedAt
  const cursor = momentCursor(after)
  const rows = await db
    .select({ ...open, holder })
    .from(certifications)
    .innerJoin(accounts, eq(accounts.id, certifications.accountId))
    .where(
      and(
        waits ? inArray(certifications.state, [sql`'waiting'`, sql`'second_look'`] as never) : sql`${certifications.decidedAt} is not null`,
        cursor && sql`(${column}, ${certifications.id}) ${sql.raw(waits ? '>' : '<')} (${cursor.value}::timestamptz, ${cursor.id})`,
      ),
    )
    .orderBy(...(waits ? [asc(column), asc(certifications.id)] : [desc(column), desc(certifications.id)]))
    .limit(atMost(size + 1))
  return pageOf(rows, size, last => ({ value: ((waits ? last.createdAt : last.decidedAt) ?? last.createdAt).toISOString(), id: last.id }))
}

/** A certification for the operator who checks it, number included. Throws Missing. */
export async function findCertification(
  db: Db,
  actor: Actor,
  id: number,
): Promise<CertificationRow & { holder: CertificationInQueue['holder'] & { role: string } }> {
  ensure(isOperator(actor), 'errors.refused')
  const [row] = await db
    .select({ certification: certifications, holder })
    .from(certifications)
    .innerJoin(accounts, eq(accounts.id, certifications.accountId))
    .where(eq(certifications.id, id))
  if (!row) throw new Missing()
  return { ...row.certification, holder: row.holder }
}

/** A certification for what follows from an event; undefined where there is none. */
export async function findCertificationNow(db: Db, id: number): Promise<CertificationRow | undefined> {
  const [row] = await db.select().from(certifications).where(eq(certifications.id, id))
  return row
}

const actors = alias(accounts, 'actors')

/** What was done about a certification, in order, with the names of those who did it. */
export async function listSteps(db: Db, certificationId: number) {
  return db
    .select({ kind: certificationSteps.kind, note: certificationSteps.note, at: certificationSteps.at, name: actors.name })
    .from(certificationSteps)
    .leftJoin(actors, eq(actors.id, certificationSteps.actorId))
    .where(eq(certificationSteps.certificationId, certificationId))
    .orderBy(asc(certificationSteps.id))
    .limit(atMost(200))
}

/** Other members who presented the same number: the operator should know before he decides. */
export async function listSameNumber(
  db: Db,
  { numberHash, accountId }: Pick<CertificationRow, 'numberHash' | 'accountId'>,
): Promise<string[]> {
  const rows = await db
    .selectDistinct({ handle: accounts.handle })
    .from(certifications)
    .innerJoin(accounts, eq(accounts.id, certifications.accountId))
    .where(and(eq(certifications.numberHash, numberHash), ne(certifications.accountId, accountId)))
    .limit(atMost(10))
  return rows.map(({ handle }) => handle)
}

/** Whether somebody else could take a second look. */
export async function hasOtherOperator(db: Db, actor: Actor, accountId: number): Promise<boolean> {
  const others = and(eq(accounts.role, 'operator'), isNull(accounts.closedAt), ne(accounts.id, actor.id), ne(accounts.id, accountId))
  return (await db.$count(accounts, others)) > 0
}
