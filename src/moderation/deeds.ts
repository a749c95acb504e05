/** What the audit log knows to tell: one word for each deed, with its sentence in the locales (`moderation.deeds.…`). */
export const DEEDS = ['review_decided', 'review_undone', 'data_looked', 'words_changed'] as const
export type Deed = (typeof DEEDS)[number]
