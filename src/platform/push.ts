import { sql } from 'drizzle-orm'
import type { Db } from './db.ts'

/** A browser that may be rung, as it gives itself (Push API). */
export type PushDevice = { endpoint: string; p256dh: string; auth: string }
/** What it shows. A second one with the same `tag` takes the place of the first: it is not shown twice. */
export type PushMessage = { title: string; body: string; url: string; tag: string }

type Keys = { publicKey: string; privateKey: string }
const DAY = 86_400
const PATIENCE = 10_000
const known = new WeakMap<Db, Promise<Keys>>()

/** The site's keys for web push (VAPID, RFC 8292), made at the first start; many processes agree on one pair. */
export function pushKeys(db: Db): Promise<Keys> {
  const keys = known.get(db) ?? readKeys(db)
  known.set(db, keys)
  keys.catch(() => known.delete(db))
  return keys
}

async function readKeys(db: Db): Promise<Keys> {
  const { default: webPush } = await import('web-push')
  const fresh = JSON.stringify(webPush.generateVAPIDKeys())
  const [row] = await db.execute<{ value: Keys }>(sql`
    insert into site_settings (name, value) values ('push.keys', ${fresh}::jsonb)
    on conflict (name) do update set value = site_settings.value returning value`)
  if (!row) throw new Error('there are no keys for web push')
  return row.value
}

/** Whether an address belongs to one of these push services: nothing else is ever asked by us because a browser named it. */
export function isPushService(endpoint: string, services: string[]): boolean {
  if (!URL.canParse(endpoint)) return false
  const { protocol, hostname, username } = new URL(endpoint)
  const isOne = services.some(host => hostname === host || (host.startsWith('*.') && hostname.endsWith(host.slice(1))))
  return isOne && !username && (protocol === 'https:' || hostname === '127.0.0.1')
}

/** Rings a browser; `gone` when its owner has taken it away. Throws where the service cannot be reached or does not want it now. */
export async function ring(
  db: Db,
  contact: string,
  { endpoint, p256dh, auth }: PushDevice,
  message: PushMessage,
): Promise<'rung' | 'gone'> {
  const { default: webPush } = await import('web-push')
  const { method, headers, body } = webPush.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, JSON.stringify(message), {
    vapidDetails: { subject: contact, ...(await pushKeys(db)) },
    TTL: DAY,
    urgency: 'normal',
  })
  const sent = { method, headers: headers as Record<string, string>, body: body as Uint8Array<ArrayBuffer> }
  const response = await fetch(endpoint, { ...sent, redirect: 'error', signal: AbortSignal.timeout(PATIENCE) })
  await response.body?.cancel()
  if (response.status === 404 || response.status === 410) return 'gone'
  if (!response.ok) throw new Error(`the push service answered ${response.status}`)
  return 'rung'
}
