import { readFile } from 'node:fs/promises'
import { setPasswordByHand, setRoleByHand, turnOffTwoStepByHand } from './accounts/by_hand.ts'
import { isGenuine, listPublicKeys, type PublicKey, type Signed } from './guarantees/keys.ts'
import { verifyAudit } from './moderation/audit.ts'
import { readConfig } from './platform/config.ts'
import { Conflict, Invalid } from './platform/errors.ts'
import { translate } from './platform/i18n.ts'
import type { Services } from './platform/services.ts'
import { reevaluateBadges } from './reputation/badges.ts'
import { countAllHelp } from './reputation/helping.ts'
import { decideAllLevels } from './reputation/levels.ts'
import { rebuild } from './reputation/rebuilding.ts'
import { verify } from './reputation/verifying.ts'
import { startServer } from './server.ts'
import { type FaqOptions, importFaq } from './transfer/faq.ts'
import { openProgress } from './transfer/progress.ts'
import { type ReindexOptions, reindex } from './transfer/reindex.ts'
import { readSecret } from './transfer/secret.ts'

/** Refused rows that are told one by one; the rest is counted. */
const MOST_TOLD = 1000

/** `hiroba import faq`: says which rows were refused, and what came of it. Resolves to the exit code. */
export async function importFaqFile(file: string, { strict, ...options }: FaqOptions & { strict?: boolean }): Promise<number> {
  const progress = openProgress()
  const startedAt = Date.now()
  let told = 0
  const counts = await withForum(services =>
    importFaq(services, file, options, {
      refused: (line, reason) => {
        if (told++ < MOST_TOLD) progress.say(`line ${line} ${reason}`)
        if (told === MOST_TOLD) progress.say('… and more, which are only counted')
      },
      moved: ({ imported, known, refused, bytes, totalBytes }) =>
        progress.to(bytes, totalBytes, `${imported} imported, ${known} there already, ${refused} refused`),
    }),
  ).finally(() => progress.end())
  const seconds = (Date.now() - startedAt) / 1000
  print(`${counts.imported} imported, ${counts.known} there already, ${counts.refused} refused (${seconds.toFixed(1)} s)`)
  return strict && counts.refused > 0 ? 1 : 0
}

/** `hiroba reindex`: makes everything that can be found anew, in each engine. */
export async function reindexAll(options: ReindexOptions): Promise<void> {
  const progress = openProgress()
  const documents = await withForum(services => {
    if (options.only === 'meilisearch' && !services.engines.meilisearch) throw new Error('MEILI_URL is empty: there is no Meilisearch.')
    return reindex(services, (engine, done, total) => progress.to(done, total, `${engine}: ${done} of ${total} topics`), options)
  }).finally(() => progress.end())
  for (const [engine, count] of Object.entries(documents)) print(`${engine}: ${count} documents can be found`)
}

/** `hiroba badges reevaluate`: gives what is missing, takes what does not hold any more. */
export async function reevaluateAllBadges(): Promise<void> {
  const { granted, taken } = await withForum(({ db }) => reevaluateBadges(db))
  print(`${granted} badges given, ${taken} taken back`)
}

/** `hiroba helpers recount`: counts all help anew. */
export async function recountHelpers(): Promise<void> {
  const progress = openProgress()
  const months = await withForum(({ db }) =>
    countAllHelp(db, (done, total) => progress.to(done, total, `${done} of ${total} months of members`)),
  ).finally(() => progress.end())
  print(`${months} months of members counted`)
}

/** `hiroba guarantee verify`: whether a certificate's JSON is what was signed, with a key at hand or with this site's. Resolves to the exit code. */
export async function verifyCertificate(file: string, keyFile?: string): Promise<number> {
  const document: Signed<{ code?: string; state?: string; asOf?: string }> = JSON.parse(await readFile(file, 'utf8'))
  const keys: PublicKey[] = keyFile ? [JSON.parse(await readFile(keyFile, 'utf8'))] : await withForum(({ db }) => listPublicKeys(db))
  if (!isGenuine(document, keys)) {
    print('NOT GENUINE: this is not what the site signed')
    return 1
  }
  const { code, state, asOf } = document.certificate
  print(`genuine: ${code}, ${state} as of ${asOf}`)
  return 0
}

/** `hiroba user role`: gives a member another role. */
export async function giveRole(handle: string, role: string): Promise<void> {
  await withForum(({ db }) => setRoleByHand(db, handle, role))
  print(`@${handle} is ${role} now and has to log in again`)
}

/** `hiroba user two-step-off`: takes the second step at log-in from a member who lost it. */
export async function takeTwoStep(handle: string): Promise<void> {
  await withForum(({ db }) => turnOffTwoStepByHand(db, handle))
  print(`@${handle} logs in with the password alone now, and is logged out everywhere`)
}

/** `hiroba user password`: sets a member's password, read from the terminal or from stdin. */
export async function givePassword(handle: string): Promise<void> {
  const password = await readSecret(`New password for @${handle}: `)
  await withForum(({ db }) => setPasswordByHand(db, handle, password))
  print(`@${handle} has a new password and is logged out everywhere`)
}

/** `hiroba reputation verify`: proves that everybody's points are the sum of what stands. Resolves to the exit code. */
export async function verifyReputation(): Promise<number> {
  const proof = await withForum(({ db }) => verify(db))
  for (const [what, found] of Object.entries(proof)) print(`${String(found).padStart(8)}  ${WRONG[what as keyof typeof proof]}`)
  const wrong = Object.values(proof).some(found => found > 0)
  print(wrong ? 'The ledger does not hold: `hiroba reputation rebuild` restores it.' : 'The ledger holds.')
  return wrong ? 1 : 0
}

const WRONG = {
  sums: 'members whose points are not the sum of their entries',
  missing: 'causes without an entry of the points in the table of rules',
  unfounded: 'entries without a cause, or twice',
  counters: 'counter-entries that do not counter what they name',
  limits: 'days on which the limit was not kept',
}

/** `hiroba audit verify`: proves the chain of the audit log. Resolves to the exit code. */
export async function verifyAuditLog(head?: string): Promise<number> {
  const proof = await withForum(({ db }) => verifyAudit(db, head?.trim().toLowerCase()))
  print(`${proof.entries} entries${proof.head ? `, the last one's hash is ${proof.head}` : ''}`)
  if (proof.broken.length > 0) print(`BROKEN at entry ${proof.broken.join(', ')}`)
  if (!proof.headFound) print('BROKEN: the hash that was given is not in the log any more')
  const whole = proof.broken.length === 0 && proof.headFound
  if (whole) print('The log is whole.')
  return whole ? 0 : 1
}

/** `hiroba reputation rebuild`: restores entries, points and levels from what stands. */
export async function rebuildReputation(): Promise<void> {
  const progress = openProgress()
  await withForum(async ({ db }) => {
    await rebuild(db, (done, total) => progress.to(done, total, `${done} of ${total} batches of posts`))
    await decideAllLevels(db)
  }).finally(() => progress.end())
  print('Entries, points and levels are what stands')
}

/** Works on the forum's database without serving: beside a running forum on the same data, or alone. */
async function withForum<T>(work: (services: Services) => Promise<T>): Promise<T> {
  const config = { ...readConfig(), LOG_LEVEL: 'warn' as const }
  const { promise, resolve } = Promise.withResolvers<T>()
  const server = await startServer(config, [], async services => resolve(await work(services))).catch(error => {
    if (error instanceof Conflict) throw new Error(translate('en', error.reason))
    throw error instanceof Invalid ? new Error(sentencesOf(error)) : error
  })
  await server.stop()
  return promise
}

function sentencesOf({ fields }: Invalid): string {
  const sentences = Object.values(fields).map(field =>
    typeof field === 'string' ? translate('en', field) : translate('en', field.key, field.values),
  )
  return sentences.join(' ')
}

const print = (line: string) => process.stdout.write(`${line}\n`)
