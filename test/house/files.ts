import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The project's own folder. */
export const ROOT = join(import.meta.dirname, '..', '..')

/** The project's files matching these patterns, by path, with their text. */
export function filesOf(...patterns: string[]): Map<string, string> {
  const names = globSync(patterns, { cwd: ROOT }).map(name => name.replaceAll('\\', '/'))
  return new Map(names.sort().map(name => [name, readFileSync(join(ROOT, name), 'utf8')]))
}

/** The text of one file of the project. */
export function textOf(name: string): string {
  return readFileSync(join(ROOT, name), 'utf8')
}

/** Where in the files a pattern occurs: `path:line: text`. */
export function linesWith(files: Map<string, string>, pattern: RegExp): string[] {
  return [...files].flatMap(([name, text]) =>
    text.split('\n').flatMap((line, number) => (pattern.test(line) ? [`${name}:${number + 1}: ${line.trim()}`] : [])),
  )
}
