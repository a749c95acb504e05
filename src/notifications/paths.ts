/** The page of what somebody was told. */
export const noticesPath = '/notifications'

/** Opens a notice: leads to what it is about, and it is read. */
export const noticePath = (notice: { id: number }) => `/notifications/${notice.id}`
