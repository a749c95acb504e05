import type { Source } from '../topics/schema.ts'

/**
 * Owned is what the company or this forum says itself, earned what others say of it, paid what was paid for. Where a reader's browser says
 * nothing (a bookmark, an app, a letter) it is not known.
 */
export const MEDIA: { medium: 'owned' | 'earned' | 'paid' | 'unknown'; sources: Source[] }[] = [
  { medium: 'owned', sources: ['forum', 'company'] },
  { medium: 'earned', sources: ['search', 'social', 'site'] },
  { medium: 'paid', sources: ['paid'] },
  { medium: 'unknown', sources: ['direct'] },
]

/** Which of the media a source belongs to. */
export const mediumOf = (source: Source) => MEDIA.find(({ sources }) => sources.includes(source))?.medium ?? 'unknown'
