import { resolve } from 'node:path'

type Setting<T> = { fallback: string; about: string; read: (value: string) => T }

const text = (value: string) => value
const optional = (value: string) => value || undefined
const list = (value: string) =>
  value
    .split(',')
    .map(part => part.trim())
    .filter(Boolean)
const yes = (value: string) => ['1', 'true', 'yes'].includes(value.toLowerCase())

/** Reads a whole number within bounds; throws a sentence that says what would be right. */
function whole(min: number, max: number) {
  return (value: string) => {
    const number = Number(value)
    if (!Number.isInteger(number) || number < min || number > max) throw new Error(`must be a whole number from ${min} to ${max}`)
    return number
  }
}

function oneOf<const T extends string>(...allowed: T[]) {
  return (value: string): T => {
    const found = allowed.find(name => name === value)
    if (!found) throw new Error(`must be one of ${allowed.join(', ')}`)
    return found
  }
}

function address(...protocols: string[]) {
  return (value: string) => {
    if (!value) return undefined
    if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol))
      throw new Error(`must be an address like ${protocols[0]}//host`)
    return value.replace(/\/$/, '')
  }
}

function plainName(value: string): string {
  if (!/^[\w-]{1,60}$/.test(value)) throw new Error('must be letters, digits, - or _')
  return value
}

function settingsObject(value: string): Record<string, unknown> | undefined {
  if (!value) return undefined
  const read: unknown = parsed(value)
  if (typeof read !== 'object' || read === null || !('source' in read)) throw new Error('must be JSON like {"source":"ollama",…}')
  return read as Record<string, unknown>
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}

const setting = <T>(fallback: string, about: string, read: (value: string) => T): Setting<T> => ({ fallback, about, read })

/** Every environment variable the forum reads, with its default and what it is for; the README's table is checked against it. */
export const settings = {
  PORT: setting('3000', 'Port to listen on; 0 takes a free one', whole(0, 65535)),
  HOST: setting('127.0.0.1', 'Address to listen on', text),
  SITE_URL: setting('', 'Public address, e.g. https://forum.example.jp; decides links in mail, secure cookies', address('https:', 'http:')),
  DATA_DIR: setting('./data', 'Where the embedded PostgreSQL, files and keys live', value => resolve(value)),
  DATABASE_URL: setting('', 'PostgreSQL 18 to use; empty runs the embedded one', address('postgres:', 'postgresql:')),
  DATABASE_REPLICA_URLS: setting('', 'Read replicas, separated by commas', list),
  MEILI_URL: setting('', 'Meilisearch; empty searches with PostgreSQL', address('http:', 'https:')),
  MEILI_KEY: setting('', 'Meilisearch API key', optional),
  MEILI_INDEX: setting('hiroba', 'Name of the index; forums that share a Meilisearch need one each', plainName),
  MEILI_EMBEDDER: setting(
    '',
    'Embedder for search by meaning beside words, as JSON of Meilisearch’s settings; empty searches by words alone',
    settingsObject,
  ),
  REDIS_URL: setting('', 'Redis-compatible server shared by many processes; empty uses PostgreSQL', address('redis:', 'rediss:')),
  SMTP_URL: setting('', 'Mail server, e.g. smtp://user:pass@host:587; empty keeps mail in /admin/mailbox', address('smtp:', 'smtps:')),
  MAIL_FROM: setting('hiroba@localhost', 'Sender of the forum’s mail', text),
  MAIL_REPLY: setting(
    '',
    'Address whose mail comes in by /mail/inbound, e.g. reply@forum.example.jp; empty takes no replies by mail',
    optional,
  ),
  MAIL_HOOK_SECRET: setting('', 'Secret with which incoming mail and bounces are signed; empty takes none', optional),
  PUSH_SERVICES: setting(
    'fcm.googleapis.com,*.push.services.mozilla.com,*.notify.windows.com,*.push.apple.com',
    'Hosts whose browsers may be rung by web push',
    list,
  ),
  S3_URL: setting(
    '',
    'S3-compatible bucket, e.g. https://key:secret@host/bucket?region=auto; empty keeps files in DATA_DIR',
    address('https:', 'http:'),
  ),
  SESSION_DAYS: setting('10', 'Days a log-in lasts without being used', whole(1, 30)),
  TRUST_PROXY: setting('', 'yes when a proxy of yours sets X-Forwarded-For and -Proto', yes),
  LOG_LEVEL: setting(
    'info',
    'fatal, error, warn, info, debug, trace or silent',
    oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
  ),
  SEAL_KEY: setting('', 'Key for what members hand to a company alone, 32 bytes in base64; empty keeps one in DATA_DIR', optional),
  METRICS_TOKEN: setting('', 'Bearer token that may read /metrics; empty allows loopback only', optional),
}

type Settings = typeof settings
/** The forum's configuration, one field per environment variable, read and checked. */
export type Config = { [Name in keyof Settings]: ReturnType<Settings[Name]['read']> }

/**
 * Reads and checks the environment. Throws one sentence that names every wrong variable and what would be right.
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const problems: string[] = []
  const entries = Object.entries(settings).map(([name, { fallback, read }]) => {
    try {
      return [name, read(environment[name] ?? fallback)]
    } catch (error) {
      problems.push(`${name} ${error instanceof Error ? error.message : error}`)
      return [name, undefined]
    }
  })
  if (problems.length > 0) throw new Error(`Wrong configuration: ${problems.join('; ')}.`)
  return Object.fromEntries(entries) as Config
}
