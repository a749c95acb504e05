import { Command, Option } from 'commander'
import { readConfig } from './platform/config.ts'
import { migrate } from './platform/migrate.ts'
import { type Part, startServer } from './server.ts'

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

/** Starts, prints where the forum is, and stops gracefully on SIGINT and SIGTERM; a second signal ends at once. */
async function runUntilStopped(
  parts: Part[],
  beforeOpen?: Parameters<typeof startServer>[2],
  epilogue: () => string = () => '',
): Promise<void> {
  const server = await startServer(readConfig(), parts, beforeOpen)
  process.stdout.write(`\n  ${server.address ?? 'worker'}\n${epilogue()}\n`)
  let stopping = false
  const stop = async () => {
    if (stopping) process.exit(1)
    stopping = true
    await server.stop()
    process.exit(0)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

await program.parseAsync().catch(error => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exit(1)
})
