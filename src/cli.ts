#!/usr/bin/env node
import { flushCompileCache } from 'node:module'
import { Command, Option } from 'commander'
import { ensureSetupCode } from './admin/setup.ts'
import { readConfig } from './platform/config.ts'
import { openLog } from './platform/log.ts'
import { migrate } from './platform/migrate.ts'
import { type Part, type RunningServer, startServer } from './server.ts'
import type { ReindexOptions } from './transfer/reindex.ts'

const STOP_PATIENCE = 24_000

const program = new Command('hiroba').description('A Q&A community with guaranteed answers')

program
  .command('serve', { isDefault: true })
  .description('start the forum: web and worker, or only one of them')
  .addOption(new Option('--only <part>', 'run one part in this process').choices(['web', 'worker']))
  .action(async ({ only }: { only?: Part }) => runUntilStopped(only ? [only] : ['web', 'worker']))

program
  .command('demo')
  .description('start the forum with a lively demo community; safe to repeat')
  .action(async () => {
    const { seedDemo, demoAccounts } = await import('./transfer/demo.ts')
    await runUntilStopped(['web', 'worker'], seedDemo, demoAccounts)
  })

program
  .command('migrate')
  .description('bring the database named by DATABASE_URL to the newest schema')
  .action(async () => {
    const { DATABASE_URL } = readConfig()
    if (!DATABASE_URL) throw new Error('DATABASE_URL is empty: the embedded database migrates by itself at every start.')
    await migrate(DATABASE_URL)
  })

const imports = program.command('import').description('bring in questions and answers from elsewhere')
imports
  .command('faq <file>')
  .description('import a CSV or JSON lines file of FAQs as solved questions; safe to repeat, and to start again when it was killed')
  .option('--board <name>', 'board for rows that name none')
  .option('--author <handle>', 'member who is shown as the author; without it, an account named FAQ')
  .option('--strict', 'exit with 1 when a row was refused')
  .action(async (file: string, options: { board?: string; author?: string; strict?: boolean }) => {
    const { importFaqFile } = await import('./tools.ts')
    process.exitCode = await importFaqFile(file, options)
  })

program
  .command('reindex')
  .description('make everything that search can find anew while the forum runs; goes on where it was killed')
  .addOption(new Option('--only <engine>', 'one engine alone').choices(['postgres', 'meilisearch']))
  .option('--fresh', 'from the beginning, whatever was left off')
  .action(async (options: ReindexOptions) => (await import('./tools.ts')).reindexAll(options))

const reputation = program.command('reputation').description('points and levels')
reputation
  .command('verify')
  .description('prove that everybody’s points are the sum of what stands; exits with 1 when they are not')
  .action(async () => {
    process.exitCode = await (await import('./tools.ts')).verifyReputation()
  })
reputation
  .command('rebuild')
  .description('restore entries, points and levels from what stands and from the events that are kept')
  .action(async () => (await import('./tools.ts')).rebuildReputation())

program
  .command('badges')
  .description('badges')
  .command('reevaluate')
  .description('look at every member and badge again: give what is missing, take what does not hold any more')
  .action(async () => (await import('./tools.ts')).reevaluateAllBadges())

program
  .command('helpers')
  .description('who helped most, month by month')
  .command('recount')
  .description('count all help anew from what was written; safe to repeat')
  .action(async () => (await import('./tools.ts')).recountHelpers())
const guarantee = program.command('guarantee').description('check certificates')
guarantee
  .command('verify <file>')
  .description('say whether a certificate’s JSON is what this site signed; exits with 1 when it is not')
  .option('--key <file>', 'the public key, as /.well-known/hiroba-guarantee-key gives it; without it, this site’s own keys')
  .action(async (file: string, { key }: { key?: string }) => {
    const { verifyCertificate } = await import('./tools.ts')
    process.exitCode = await verifyCertificate(file, key)
  })

program
  .command('audit')
  .description('the log of what moderators and operators did')
  .command('verify')
  .description('prove that no entry was changed, taken out or put in; exits with 1 when one was')
  .option('--head <hash>', 'a hash this command printed before: it has to be in the log still')
  .action(async ({ head }: { head?: string }) => {
    process.exitCode = await (await import('./tools.ts')).verifyAuditLog(head)
  })

const user = program.command('user').description('help a member from the server itself')
user
  .command('role <handle> <role>')
  .description('give a member another role')
  .action(async (handle: string, role: string) => (await import('./tools.ts')).giveRole(handle, role))
user
  .command('password <handle>')
  .description('set a member’s password, typed in or read from stdin')
  .action(async (handle: string) => (await import('./tools.ts')).givePassword(handle))

user
  .command('two-step-off <handle>')
  .description('take the second step at log-in from a member who lost it, and end all log-ins')
  .action(async (handle: string) => (await import('./tools.ts')).takeTwoStep(handle))

/** Starts, prints where the forum is, and stops gracefully on SIGINT and SIGTERM, from the first moment on; a second signal ends at once. */
async function runUntilStopped(
  parts: Part[],
  beforeOpen?: Parameters<typeof startServer>[2],
  epilogue: () => string = () => '',
): Promise<void> {
  const config = readConfig()
  dieQuietly(openLog(config.LOG_LEVEL))
  const starting = startServer(config, parts, beforeOpen)
  let stopping = false
  const stop = async () => {
    if (stopping) process.exit(1)
    stopping = true
    setTimeout(() => process.exit(1), STOP_PATIENCE)
    await starting.then(
      server => server.stop(),
      () => {},
    )
    process.exit(0)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  const server = await starting
  flushCompileCache() // where there is one, the next start is quicker, however this process ends
  const invitation = await inviteOperator(server)
  if (!stopping) process.stdout.write(`\n  ${server.address ?? 'worker'}\n${epilogue()}${invitation}\n`)
}

/** As long as nobody runs this site, each start says how to become its operator. */
async function inviteOperator({ address, services }: RunningServer): Promise<string> {
  const code = address && (await ensureSetupCode(services.db))
  return code ? `\n  Nobody runs this forum yet: open ${address}/setup and enter the code ${code}\n` : ''
}

/** An error nobody caught ends the process, as it must; but Node would print it whole, with the values of a failed statement. */
function dieQuietly(log: ReturnType<typeof openLog>): void {
  process.on('uncaughtException', error => {
    log.fatal({ err: error }, 'an error nobody caught')
    process.exit(1)
  })
}

/** What went wrong, in a sentence. A failed statement names its values, which nobody must see: its cause says what was wrong with it. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? messageOf(error.cause) : error.message
}

await program.parseAsync().catch(error => {
  process.stderr.write(`${messageOf(error)}\n`)
  process.exit(1)
})
