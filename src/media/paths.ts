/** Address of a picture in one of its widths. */
export const picturePath = (key: string, width: number) => `/media/${key}-${width}.webp`

/** Where a file of that name lies in the store; undefined for names that are none of ours. */
export function storedAt(name: string): string | undefined {
  const avatar = /^avatar-(\d{1,15})-([\w-]{16})\.webp$/.exec(name)
  if (avatar) return `avatars/${avatar[1]}/${avatar[2]}.webp`
  return /^[\w-]{22}-\d{1,4}\.webp$/.test(name) ? `pictures/${name.slice(0, 2)}/${name}` : undefined
}

/** Where a file of ours lies in the store, by a name we made ourselves. */
export function placeOf(name: string): string {
  const place = storedAt(name)
  if (!place) throw new Error(`${name} is no name for a file`)
  return place
}
