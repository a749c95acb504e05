import { createHmac, timingSafeEqual } from 'node:crypto'

const MAY_BE_OLD = 300_000

/**
 * Whether `body` was signed by who knows `secret`: `sha256=` and the HMAC of `{timestamp}.{body}` in hex, with a timestamp in seconds that
 * is at most five minutes away, so that nobody sends an old one again.
 */
export function isSigned(
  body: Buffer,
  { secret, timestamp = '', signature = '' }: { secret: string; timestamp?: string; signature?: string },
): boolean {
  if (Math.abs(Date.now() - Number(timestamp) * 1000) > MAY_BE_OLD || !/^\d{9,11}$/.test(timestamp)) return false
  const expected = Buffer.from(hookSignature(secret, timestamp, body))
  const given = Buffer.from(signature)
  return given.length === expected.length && timingSafeEqual(given, expected)
}

export const hookSignature = (secret: string, timestamp: string, body: Buffer) =>
  `sha256=${createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')}`
