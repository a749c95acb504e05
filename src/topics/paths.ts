type Placed = { id: number; title: string }

/** Address of a topic; the slug is for readers, the id decides. */
export const topicPath = (topic: Placed) => `/t/${topic.id}/${slug(topic.title)}`

/** Address of a post inside its topic's page, whichever page of answers it is on. */
export const postPath = (topic: Placed, post: { id: number }) => `${topicPath(topic)}?at=${post.id}#post-${post.id}`

/** Where a topic is slowed down. */
export const slowPath = (topic: { id: number }) => `/t/${topic.id}/slow`
/** The form that lets a topic rest, and what it sends. */
export const restPath = (topic: { id: number }): string => `/t/${topic.id}/rest`

/** Where a topic is put in order by its moderators. */
export const threadPath = (topic: { id: number }) => `/t/${topic.id}/moderation`

/** Where a moderator mends the words of a post. */
export const rewritePath = (post: { id: number }) => `/posts/${post.id}/moderation`

/** Where its writer sees what waits for a moderator. */
export const heldPath = (post: { id: number }) => `/me/held/${post.id}`

/** Where something is handed to the companies a topic is about, and to nobody else; only where there is one. */
export const sealPathOf = (topic: { id: number; companyIds: number[] }) =>
  topic.companyIds.length > 0 ? `/t/${topic.id}/sealed` : undefined

/** Short lasting address of a post: leads to the page it is on. */
export const postLink = (post: { id: number }) => `/posts/${post.id}`

// Pages below a topic's address; a title of that name must not hide behind them.
const PAGES_BELOW = ['addenda', 'answers', 'close', 'inbox', 'moderation', 'news', 'products', 'rest', 'sealed', 'similar', 'slow', 'tags']

// A topic's page says its own address thirty times.
let last = { title: '', slug: 'topic' }

/** The first forty letters of a title as they may stand in an address. */
export function slug(title: string): string {
  if (last.title !== title) last = { title, slug: slugOf(title) }
  return last.slug
}

function slugOf(title: string): string {
  const words = title
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
  const first = [...words]
    .slice(0, 40)
    .join('')
    .replace(/^-+|-+$/g, '')
  return PAGES_BELOW.includes(first) ? `${first}-topic` : encodeURIComponent(first) || 'topic'
}

/** Where a draft is gone on with, by its place (`ask`, `answer:42`, `comment:9`, `addendum:42`, `edit:9`). */
export function draftPath(place: string): string {
  const [what, id] = place.split(':')
  if (what === 'answer') return `/t/${id}#answer`
  if (what === 'addendum') return `/t/${id}/addenda`
  if (what === 'comment') return `/posts/${id}/comments`
  return what === 'edit' ? `/posts/${id}/edit` : '/ask'
}
