import { picturePath } from './paths.ts'
import type { PictureRow } from './schema.ts'

const SHOWN_WIDTH = 960

/** A picture as a post names it: the width that fits a column, with its size so that nothing jumps while it loads. */
export function presentPicture({ key, alt, width, height, widths }: Pick<PictureRow, 'key' | 'alt' | 'width' | 'height' | 'widths'>) {
  const shown = widths.filter(each => each <= SHOWN_WIDTH).at(-1) ?? width
  const shownHeight = Math.max(1, Math.round((height * shown) / width))
  const path = picturePath(key, shown)
  return {
    path,
    width: shown,
    height: shownHeight,
    markdown: `![${alt.replace(/[[\]\\\n\r]/g, ' ').trim()}](${path}#${shown}x${shownHeight})`,
  }
}
