// The floors of the house (ARCHITECTURE.md): imports go down, events go up. test/floor_plan.test.ts shows that each rule bites.

/** Left to right: a domain imports only from those to its left. */
const DOMAINS =
  'accounts media boards topics reactions companies fixes guarantees reputation moderation desk search notifications insights admin api transfer'.split(
    ' ',
  )

const any = DOMAINS.join('|')
const TEST = '\\.test\\.ts$'
const DOOR = `^src/(${any})/(routes\\.ts|routes/)`
const EFFECTS = `^src/(${any})/effects\\.ts$`
const SCHEMA = '/schema\\.ts$'
const POLICY = '/policy\\.ts$'
const QUERIES = '/[a-z_]*queries\\.ts$'
const SHOWN = '/(present|paths)[a-z_]*\\.ts$'
const npm = (...names) => `(^|node_modules/)(${names.join('|')})(/|$)`
const FASTIFY = npm('fastify', '@fastify')
const SQL = npm('drizzle-orm', 'postgres')
const ASIDE = `${TEST}|${DOOR}|${EFFECTS}`

const domainOrder = DOMAINS.slice(0, -1).map((domain, place) => ({
  name: `domain-order-${domain}`,
  comment: `${domain} knows nothing of the domains to its right: let it record an event, or own a column the right keeps.`,
  severity: 'error',
  from: { path: `^src/${domain}/`, pathNot: ASIDE },
  to: { path: `^src/(${DOMAINS.slice(place + 1).join('|')})/` },
}))

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    rule(
      'platform-knows-no-forum',
      'The platform imports itself and the names of events, nothing above.',
      { path: '^src/platform/', pathNot: TEST },
      { path: '^src/', pathNot: '^src/(platform/|events\\.ts$)' },
    ),
    rule(
      'roots-are-above',
      'Of the files at the root only events.ts may be imported from below.',
      { path: `^src/(${any}|platform)/`, pathNot: TEST },
      { path: '^src/[^/]+\\.ts$', pathNot: '^src/events\\.ts$' },
    ),
    rule(
      'events-are-types',
      'events.ts names what can happen and imports types alone.',
      { path: '^src/events\\.ts$' },
      { dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'only-known-domains',
      'A new domain takes its place in the order.',
      { path: '^src/' },
      { path: '^src/[^/]+/', pathNot: `^src/(${any}|platform)/` },
    ),
    ...domainOrder,

    rule(
      'doors-open-outwards',
      'Only roots mount doors; what two doors share lies below them. The gate belongs to all doors.',
      { path: `^src/(${any}|platform)/`, pathNot: `${TEST}|${DOOR}` },
      { path: `${DOOR}|${EFFECTS}` },
    ),
    rule(
      'no-door-through-a-door',
      'A door does not import another domain’s door.',
      { path: `^src/(${any})/routes`, pathNot: TEST },
      { path: `${DOOR}|${EFFECTS}`, pathNot: '^src/$1/routes|^src/accounts/routes/gate\\.ts$' },
    ),
    rule('doors-ask-no-sql', 'Routes call queries and verbs.', { path: DOOR, pathNot: TEST }, { path: SQL }),

    rule(
      'schema-holds-tables',
      'schema.ts knows drizzle and lower schemas; constants of its own domain and types from anywhere below.',
      { path: `^src/(${any})${SCHEMA}` },
      {
        pathNot: `${npm('drizzle-orm')}|${SCHEMA}`,
        dependencyTypesNot: ['type-only'],
        path: `^src/(?!(${any})/visibility\\.ts$)|node_modules`,
      },
    ),
    rule(
      'policy-is-pure',
      'policy.ts decides from what it is given.',
      { path: POLICY },
      { dependencyTypesNot: ['type-only'], pathNot: `${POLICY}|^src/accounts/actor\\.ts$` },
    ),
    rule(
      'policy-sees-no-database',
      'policy.ts does not even name the database.',
      { path: POLICY },
      { path: `${SQL}|^src/platform/db\\.ts$` },
    ),
    rule(
      'shown-sees-no-database',
      'present and paths shape what they are given.',
      { path: SHOWN, pathNot: TEST },
      { path: `${SQL}|^src/platform/db\\.ts$` },
    ),
    rule(
      'shown-runs-no-query',
      'present and paths take types from queries, nothing that runs.',
      { path: SHOWN, pathNot: TEST },
      { path: QUERIES, dependencyTypesNot: ['type-only'] },
    ),
    rule('queries-only-read', 'Queries record nothing.', { path: QUERIES, pathNot: TEST }, { path: '^src/platform/outbox\\.ts$' }),
    rule(
      'verbs-reach-only-the-database',
      'Mail, engines, views and the web are for doors and effects: a verb records an event.',
      { path: `^src/(${any})/`, pathNot: ASIDE },
      { path: '^src/platform/(web|mail|live|views|jobs|page_cache|search/(postgres|meili))', dependencyTypesNot: ['type-only'] },
    ),

    rule(
      'fastify-stays-at-the-door',
      'The web framework is known to doors, the platform’s web files and the roots.',
      { path: '^src/', pathNot: `${TEST}|${DOOR}|^src/platform/(web|page_cache_door)|^src/[^/]+\\.ts$` },
      { path: FASTIFY },
    ),
    rule(
      'shapes-are-typebox',
      'Type and Static come from typebox itself: its provider loads 400 modules more (4 MB) that nothing here runs.',
      { path: '^src/' },
      { path: '@fastify/type-provider-typebox', dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'lucia-has-one-importer',
      'The package is no longer developed: accounts/sessions.ts alone may know it.',
      { pathNot: '^src/accounts/sessions\\.ts$' },
      { path: npm('lucia') },
    ),
    rule(
      'one-file-knows-each-engine',
      'Mail, jobs, files and pictures are reached through the platform or their one domain.',
      { path: '^src/', pathNot: '^src/platform/|^src/media/|^src/event_jobs\\.ts$' },
      {
        path: npm('nodemailer', 'graphile-worker', 'flydrive', 'sharp', 'sanitize-html', 'markdown-it'),
        dependencyTypesNot: ['type-only'],
      },
    ),

    rule(
      'no-circular',
      'Two files that need each other are one, or miss a third below.',
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    ),
    rule(
      'no-orphans',
      'A file nobody imports is left over.',
      { orphan: true, pathNot: `${TEST}|^src/cli\\.ts$|_worker\\.ts$|\\.(json|sh)$` },
      {},
    ),
    rule('no-unresolvable', 'What is imported exists.', {}, { couldNotResolve: true }),
    rule(
      'no-test-in-the-house',
      'The product does not need its tests or measurements.',
      { path: '^src/', pathNot: TEST },
      { path: `^(test|bench)/|${TEST}` },
    ),
    rule(
      'no-dev-dependency-in-the-house',
      'What src/ imports is installed in production.',
      { path: '^src/', pathNot: TEST },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
}
