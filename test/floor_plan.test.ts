import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cruise } from 'dependency-cruiser'
import { afterAll, beforeAll, expect, test } from 'vitest'

const { forbidden, options } = createRequire(import.meta.url)('../.dependency-cruiser.cjs')
const MISSING = './nowhere.ts'

/** A small house in which everything is allowed: file, and what it imports (`type:` in front for types alone). */
const ALLOWED: [file: string, imports: string[]][] = [
  ['src/cli.ts', ['./routes.ts', './effects.ts']],
  ['src/routes.ts', ['./topics/routes/answers.ts', './boards/routes.ts', './accounts/routes/session.ts', './platform/web.ts']],
  ['src/effects.ts', ['./search/effects.ts', './events.ts']],
  ['src/events.ts', ['type:./topics/schema.ts']],
  ['src/platform/db.ts', ['drizzle-orm']],
  ['src/platform/outbox.ts', ['./db.ts', '../events.ts']],
  ['src/platform/web.ts', ['fastify']],
  ['src/platform/mail.ts', ['nodemailer']],
  ['src/accounts/actor.ts', ['type:./schema.ts']],
  ['src/accounts/schema.ts', ['drizzle-orm']],
  ['src/accounts/sessions.ts', ['lucia']],
  ['src/accounts/routes/gate.ts', ['../sessions.ts', 'fastify']],
  ['src/accounts/routes/session.ts', ['./gate.ts']],
  ['src/boards/queries.ts', ['drizzle-orm', './schema.ts', '../accounts/schema.ts']],
  ['src/boards/schema.ts', ['drizzle-orm', '../accounts/schema.ts']],
  ['src/boards/routes.ts', ['../topics/present.ts', '../accounts/routes/gate.ts', 'fastify']],
  ['src/topics/schema.ts', ['drizzle-orm', '../boards/schema.ts']],
  ['src/topics/policy.ts', ['type:./schema.ts', '../accounts/actor.ts']],
  ['src/topics/present.ts', ['type:./page_queries.ts', './policy.ts', './paths.ts']],
  ['src/topics/paths.ts', []],
  ['src/topics/page_queries.ts', ['../platform/db.ts', './schema.ts', '../boards/queries.ts']],
  ['src/topics/answers.ts', ['../platform/db.ts', '../platform/outbox.ts', './policy.ts']],
  ['src/topics/routes/answers.ts', ['../answers.ts', '../present.ts', '../../search/queries.ts', '../../platform/web.ts']],
  ['src/search/queries.ts', ['../topics/page_queries.ts']],
  ['src/topics/egg.ts', ['./chicken.ts']],
  ['src/search/effects.ts', ['../platform/mail.ts', './queries.ts']],
]

/** What is built into it, and the rule that objects. */
const REFUSED: [file: string, imported: string, rule: string][] = [
  ['src/platform/knows.ts', '../topics/schema.ts', 'platform-knows-no-forum'],
  ['src/platform/types.ts', 'type:../topics/schema.ts', 'platform-knows-no-forum'],
  ['src/topics/above.ts', '../effects.ts', 'roots-are-above'],
  ['src/events.ts', './topics/paths.ts', 'events-are-types'],
  ['src/cli.ts', './lib/index.ts', 'only-known-domains'],
  ['src/accounts/orders.ts', 'type:../topics/schema.ts', 'domain-order-accounts'],
  ['src/media/orders.ts', '../boards/schema.ts', 'domain-order-media'],
  ['src/boards/orders.ts', '../topics/schema.ts', 'domain-order-boards'],
  ['src/topics/orders.ts', '../reactions/reactions.ts', 'domain-order-topics'],
  ['src/reactions/orders.ts', '../companies/companies.ts', 'domain-order-reactions'],
  ['src/companies/orders.ts', '../guarantees/guarantees.ts', 'domain-order-companies'],
  ['src/fixes/orders.ts', '../guarantees/guarantees.ts', 'domain-order-fixes'],
  ['src/guarantees/orders.ts', '../reputation/reputation.ts', 'domain-order-guarantees'],
  ['src/reputation/orders.ts', '../moderation/moderation.ts', 'domain-order-reputation'],
  ['src/moderation/orders.ts', '../desk/desk.ts', 'domain-order-moderation'],
  ['src/desk/orders.ts', '../search/queries.ts', 'domain-order-desk'],
  ['src/search/orders.ts', '../notifications/notifications.ts', 'domain-order-search'],
  ['src/notifications/orders.ts', '../insights/insights.ts', 'domain-order-notifications'],
  ['src/insights/orders.ts', '../admin/admin.ts', 'domain-order-insights'],
  ['src/admin/orders.ts', '../api/api.ts', 'domain-order-admin'],
  ['src/api/orders.ts', '../transfer/transfer.ts', 'domain-order-api'],
  ['src/topics/outwards.ts', './routes/answers.ts', 'doors-open-outwards'],
  ['src/boards/routes.ts', '../topics/routes/answers.ts', 'no-door-through-a-door'],
  ['src/boards/routes.ts', '../search/effects.ts', 'no-door-through-a-door'],
  ['src/topics/routes/asks.ts', 'drizzle-orm', 'doors-ask-no-sql'],
  ['src/topics/schema.ts', './answers.ts', 'schema-holds-tables'],
  ['src/reactions/schema.ts', '../platform/outbox.ts', 'schema-holds-tables'],
  ['src/reactions/policy.ts', '../topics/answers.ts', 'policy-is-pure'],
  ['src/reactions/policy.ts', 'type:../platform/db.ts', 'policy-sees-no-database'],
  ['src/reactions/present.ts', 'type:../platform/db.ts', 'shown-sees-no-database'],
  ['src/reactions/paths.ts', '../topics/page_queries.ts', 'shown-runs-no-query'],
  ['src/reactions/queries.ts', '../platform/outbox.ts', 'queries-only-read'],
  ['src/topics/mails.ts', '../platform/mail.ts', 'verbs-reach-only-the-database'],
  ['src/topics/serves.ts', 'type:fastify', 'fastify-stays-at-the-door'],
  ['src/topics/routes/shapes.ts', '@fastify/type-provider-typebox', 'shapes-are-typebox'],
  ['src/topics/logs_in.ts', 'type:lucia', 'lucia-has-one-importer'],
  ['src/topics/posts_mail.ts', 'nodemailer', 'one-file-knows-each-engine'],
  ['src/topics/chicken.ts', './egg.ts', 'no-circular'],

  ['src/topics/lonely.ts', '', 'no-orphans'],
  ['src/topics/lost.ts', './nowhere.ts', 'no-unresolvable'],
  ['src/topics/tested.ts', '../../test/making.ts', 'no-test-in-the-house'],
  ['src/topics/developed.ts', 'vitest', 'no-dev-dependency-in-the-house'],
]

const PACKAGES = {
  dependencies: ['drizzle-orm', 'fastify', '@fastify/type-provider-typebox', 'lucia', 'nodemailer'],
  devDependencies: ['vitest'],
}

let folder: string
let violations: string[]

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hiroba-floors-'))
  build()
  const { output } = await cruise(['src'], { ...options, baseDir: folder, validate: true, ruleSet: { forbidden } })
  if (typeof output === 'string') throw new Error(output)
  violations = output.summary.violations.map(({ rule, from }) => `${from}: ${rule.name}`)
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each(REFUSED)('%s may not import %j (%s)', (file, _imported, rule) => {
  expect(violations).toContain(`${file}: ${rule}`)
})

test('the floor plan objects to nothing else', () => {
  const expected = new Set(REFUSED.map(([file, , rule]) => `${file}: ${rule}`))
  expect(violations.filter(violation => !expected.has(violation))).toEqual([])
})

test('every rule of the floor plan is shown to bite', () => {
  expect(new Set(REFUSED.map(([, , rule]) => rule))).toEqual(new Set(forbidden.map(({ name }: { name: string }) => name)))
})

/** Writes the house, an empty file for whatever is imported but not listed, and packages that resolve. */
function build(): void {
  const imports = new Map<string, string[]>(ALLOWED)
  for (const [file, imported] of REFUSED) imports.set(file, [...(imports.get(file) ?? []), ...(imported ? [imported] : [])])
  for (const [file, names] of [...imports]) {
    for (const name of names.map(withoutMark)) {
      const target = join(dirname(file), name)
      if (name.startsWith('.') && name !== MISSING && !imports.has(target)) imports.set(target, [])
    }
  }
  for (const [file, names] of imports) write(file, [...names.map(statement), 'export {}'].join('\n'))
  const everyName = Object.entries(PACKAGES).map(([kind, names]) => [kind, Object.fromEntries(names.map(name => [name, '1.0.0']))])
  write('package.json', JSON.stringify({ name: 'house', type: 'module', ...Object.fromEntries(everyName) }))
  for (const name of Object.values(PACKAGES).flat()) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }))
    write(`node_modules/${name}/index.js`, '')
  }
}

function statement(name: string, place: number): string {
  return name.startsWith('type:')
    ? `import type { T${place} } from '${withoutMark(name)}'`
    : `import { v${place} } from '${name}'\nv${place}()`
}

function withoutMark(name: string): string {
  return name.replace('type:', '')
}

function write(file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, file), text)
}
