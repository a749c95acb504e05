/** `path` when it leads to a page of this site, `/` otherwise. Browsers drop tabs and newlines and read `\` as `/`, so those never pass. */
export function sameSitePath(path: unknown): string {
  if (typeof path !== 'string' || !/^\/(?![/\\])[^\s\\]*$/.test(path) || path.length > 2000) return '/'
  const url = new URL(path, 'http://here')
  return url.host === 'here' ? url.pathname + url.search + url.hash : '/'
}
