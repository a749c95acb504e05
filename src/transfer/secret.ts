import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

/** The first line of stdin; on a terminal it is asked for and not shown while it is typed. */
export async function readSecret(question: string): Promise<string> {
  const { stdin, stderr } = process
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({ input: stdin, output: silent, terminal: stdin.isTTY ?? false })
  if (stdin.isTTY) stderr.write(question)
  try {
    for await (const line of reader) return line
    throw new Error('No password was given.')
  } finally {
    reader.close()
    if (stdin.isTTY) stderr.write('\n')
  }
}
