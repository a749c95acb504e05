import type { Translate } from '../platform/i18n.ts'
import type { listAudit } from './audit_queries.ts'
import { DEEDS } from './deeds.ts'
import type { AuditEntry } from './schema.ts'

type Row = Awaited<ReturnType<typeof listAudit>>['rows'][number]

/** An entry of the audit log, as a sentence with who, when and to what. */
export function presentEntry({ entry, name, handle }: Row, t: Translate) {
  return {
    number: entry.number,
    at: entry.at,
    who: name ?? t('moderation.audit.itself'),
    whoPath: handle ? `/u/${handle}` : undefined,
    deed: t(`moderation.deeds.${entry.deed}`),
    subject: t(`moderation.subjects.${entry.subject}`, { id: entry.subjectId ?? '' }).trim(),
    subjectPath: pathOf(entry),
    details: Object.entries(entry.details).map(([what, value]) => ({ what, value: String(value ?? '') })),
    hash: entry.hash.toString('hex').slice(0, 12),
  }
}

const pathOf = ({ subject, subjectId }: AuditEntry) =>
  subject === 'post' ? `/posts/${subjectId}` : subject === 'topic' ? `/t/${subjectId}` : undefined

/** The deeds to choose from. */
export const presentDeeds = (chosen: string | undefined, t: Translate) =>
  DEEDS.map(deed => ({ value: deed, label: t(`moderation.deeds.${deed}`), isChosen: deed === chosen }))
