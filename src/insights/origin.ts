import type { Origin } from '../topics/visits.ts'
import origins from './origins.json' with { type: 'json' }

const [paidMedia, ownMedia, search, social] = [origins.paidMedia, origins.ownMedia, origins.search, origins.social].map(
  names => new Set(names),
) as [Set<string>, Set<string>, Set<string>, Set<string>]

/**
 * How a reader came, from what his browser says of the page before and from the address he opened. A campaign's own word (`utm_medium`, the
 * mark an advertisement puts into links) goes before the site it stood on. Neither is kept: only which of seven ways it was.
 */
export function originOf(
  { referer, url, host }: { referer?: string; url: string; host: string },
  companyAt: (host: string) => number | undefined,
): Origin {
  const campaign = campaignOf(url)
  if (campaign) return { source: campaign }
  const from = hostOf(referer)
  if (!from) return { source: 'direct' }
  if (from === host.toLowerCase().replace(/^www\.|:\d+$/g, '')) return { source: 'forum' }
  const companyId = companyAt(from)
  if (companyId) return { source: 'company', companyId }
  if (isOf(from, search)) return { source: 'search' }
  return { source: isOf(from, social) ? 'social' : 'site' }
}

function campaignOf(url: string): Origin['source'] | undefined {
  const [, query] = url.split('?')
  if (!query || !/utm_|clid=|braid=/.test(query)) return undefined
  const given = new URLSearchParams(query)
  const medium = (given.get('utm_medium') ?? '').toLowerCase()
  if (paidMedia.has(medium) || origins.clicks.some(name => given.has(name))) return 'paid'
  return ownMedia.has(medium) ? 'company' : undefined
}

const hostOf = (referer = '') => (URL.canParse(referer) ? new URL(referer).hostname.toLowerCase().replace(/^www\./, '') : '')

/** One of these hosts, or anything below it; a name without a dot is any country's (google.co.jp). */
function isOf(host: string, names: Set<string>): boolean {
  const parts = host.split('.')
  return parts.some((part, at) => names.has(parts.slice(at).join('.')) || (at < parts.length - 1 && part.length > 3 && names.has(part)))
}
