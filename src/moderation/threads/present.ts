import type { Locale, Translate } from '../../platform/i18n.ts'
import { threadPath } from '../../topics/paths.ts'
import { presentAuthor } from '../../topics/present.ts'
import type { TopicRow } from '../../topics/schema.ts'
import type { ChangeLine } from './queries.ts'

/** What has a form of its own; words are mended at the post. */
export const FORMS = ['move', 'merge', 'split', 'duplicate', 'lock', 'unlist', 'hide'] as const
export type ThreadForm = (typeof FORMS)[number]

const ICONS: Record<ThreadForm, string> = {
  move: 'chevron-right',
  merge: 'link',
  split: 'share',
  duplicate: 'bookmark',
  lock: 'lock',
  unlist: 'list',
  hide: 'trash',
}

/** What can be done to a thread as it stands, in plain words. */
export function presentForms(topic: TopicRow, t: Translate) {
  if (topic.hiddenAt || topic.withdrawnAt) return []
  const isOver: Partial<Record<ThreadForm, boolean>> = {
    split: topic.answerCount === 0,
    duplicate: topic.duplicateOfId !== null,
    unlist: topic.unlistedAt !== null,
  }
  return FORMS.filter(form => !isOver[form]).map(form => ({
    path: `${threadPath(topic)}/${form}`,
    icon: ICONS[form],
    label: t(`threads.${form}.label`),
    hint: t(`threads.${form}.hint`),
  }))
}

/** What was done, by whom and why, and the button that undoes it. */
export function presentChange({ change, actor, undoneBy, topic, other }: ChangeLine, locale: Locale, t: Translate) {
  return {
    text: t(`threads.done.${change.deed}`, { title: topic.title, other: other?.title ?? '' }),
    reason: change.reason,
    at: change.at,
    by: presentAuthor(actor, null, locale, t),
    undone: change.undoneAt ? t('threads.undone', { name: undoneBy ?? '' }) : undefined,
    undoneAt: change.undoneAt ?? undefined,
    undoPath: change.undoneAt ? undefined : `/moderation/changes/${change.id}/undo`,
  }
}
