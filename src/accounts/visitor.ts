import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** Tells readers apart without knowing them; hashed with a daily secret before it is written. */
export function visitorOf({ headers, ip, actor }: { headers: IncomingHttpHeaders; ip: string; actor?: { id: number } }): string {
  return actor?.id
    ? `member ${actor.id}`
    : createHash('sha1').update(`${ip} ${headers['user-agent']} ${headers['accept-language']}`).digest('base64')
}
