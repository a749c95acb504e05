/** The page of what somebody was told. */
export const noticesPath = '/notifications'

/** Opens a notice: leads to what it is about, and it is read. */
export const noticePath = (notice: { id: number }) => `/notifications/${notice.id}`

/** Where somebody says how much of something he wants to hear. */
export const followPath = (subject: string) => `/notifications/follow?of=${encodeURIComponent(subject)}`
export const followsPath = '/notifications/follows'
