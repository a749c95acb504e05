/** Who may read a board: everybody, people who are logged in, or staff (moderators and operators). */
export const VISIBILITIES = ['public', 'members', 'staff'] as const
export type Visibility = (typeof VISIBILITIES)[number]
