import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { eq, inArray, sql } from 'drizzle-orm'
import { accounts } from '../accounts/schema.ts'
import type { Db } from '../platform/db.ts'
import type { Storage } from '../platform/storage.ts'
import { markOf } from '../reputation/certification_schemes.ts'
import { certificationSteps, certifications } from '../reputation/people/schema.ts'

type DemoCertificate = {
  handle: string
  scheme: string
  grade: string
  edition: number
  issuedOn: string
  expiresInDays?: number
  waitsSinceHours?: number
  number?: string
  wantsAdvisor?: boolean
}
type DemoPeople = {
  certificates: DemoCertificate[]
  newcomer: string
  mentors: string[]
  newcomers: { handle: string; name: string; joinedDaysAgo: number; cameBackAfterDays: number | null }[]
}

const DAY = 86_400_000
const PROOF = 'proofs/demo-certificate.webp'
const people: DemoPeople = JSON.parse(readFileSync(new URL('./demo/people.json', import.meta.url), 'utf8'))

/** Members who joined lately, as rows of accounts: some came back, some did not. */
export const demoNewcomers = () =>
  people.newcomers.map(({ handle, name, joinedDaysAgo, cameBackAfterDays }) => {
    const createdAt = new Date(Date.now() - joinedDaysAgo * DAY)
    const cameBackAt = cameBackAfterDays === null ? null : new Date(createdAt.getTime() + cameBackAfterDays * DAY)
    return { handle, name, email: `${handle}@example.com`, confirmedAt: createdAt, createdAt, cameBackAt }
  })

/** Certificates, mentors, and who is new and who is not, once everybody has written what he wrote. */
export async function seedPeople(tx: Db, storage: Storage, ids: Map<string, number>): Promise<void> {
  await tx.execute(sql`
    update accounts a set toured = a.handle <> ${people.newcomer},
      guided = not exists (select from topics t where t.author_id = a.id and t.kind = 'question'),
      first_answer_at = (select min(p.created_at) from posts p where p.author_id = a.id and p.kind = 'answer')`)
  await tx.update(accounts).set({ mentors: true }).where(inArray(accounts.handle, people.mentors))
  await storage.put(PROOF, await readFile(new URL('./demo/certificate.webp', import.meta.url)), { contentType: 'image/webp' })
  for (const certificate of people.certificates) await seedCertificate(tx, certificate, ids.get(certificate.handle) ?? 0)
}

async function seedCertificate(tx: Db, demo: DemoCertificate, accountId: number): Promise<void> {
  const { scheme, grade, edition, issuedOn, expiresInDays, waitsSinceHours, number, wantsAdvisor } = demo
  const waits = waitsSinceHours !== undefined
  const createdAt = new Date(Date.now() - (waits ? waitsSinceHours / 24 : 60) * DAY)
  const decidedAt = waits ? null : new Date(createdAt.getTime() + DAY)
  const [row] = await tx
    .insert(certifications)
    .values({
      accountId,
      scheme,
      grade,
      edition,
      issuedOn,
      expiresOn: expiresInDays ? new Date(Date.now() + expiresInDays * DAY).toISOString().slice(0, 10) : null,
      number: waits ? number : null,
      numberHash: Buffer.from(`demo ${demo.handle}`),
      picture: waits ? PROOF : null,
      wantsAdvisor: wantsAdvisor ?? false,
      state: waits ? 'waiting' : 'approved',
      createdAt,
      decidedAt,
    })
    .returning({ id: certifications.id })
  const certificationId = row?.id ?? 0
  await tx.insert(certificationSteps).values({ certificationId, kind: 'waiting', actorId: accountId, at: createdAt })
  if (!decidedAt) return
  await tx.insert(certificationSteps).values([
    { certificationId, kind: 'approved', actorId: await operatorId(tx), at: decidedAt },
    { certificationId, kind: 'picture_deleted', at: decidedAt },
  ])
  await tx
    .update(accounts)
    .set({ certification: markOf([{ scheme, grade, edition }]) ?? null })
    .where(eq(accounts.id, accountId))
}

async function operatorId(tx: Db): Promise<number | null> {
  const [row] = await tx.select({ id: accounts.id }).from(accounts).where(eq(accounts.role, 'operator')).limit(1)
  return row?.id ?? null
}
