/** Address of a board's page. */
export const boardPath = (board: { slug: string }) => `/b/${board.slug}`
