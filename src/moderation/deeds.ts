/** What the audit log knows to tell: one word for each deed, with its sentence in the locales (`moderation.deeds.…`). */
export const DEEDS = [
  'review_decided',
  'review_undone',
  'data_looked',
  'words_changed',
  'topic_heated',
  'topic_slowed',
  'topic_unslowed',
  'topic_rested',
  'topic_woken',
  'thread_moved',
  'thread_merged',
  'thread_split',
  'thread_duplicate',
  'thread_locked',
  'thread_unlisted',
  'thread_hidden',
  'thread_edited',
  'thread_undone',
  'sanction_given',
  'sanction_lifted',
] as const
export type Deed = (typeof DEEDS)[number]
