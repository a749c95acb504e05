import { Resolver } from 'node:dns/promises'

/** The TXT records under a name, each as one text; none where there is no such name or nobody answers in time. */
export type ReadRecords = (name: string) => Promise<string[]>

/** Asks the machine's own name servers, for at most three seconds. */
export const readRecords: ReadRecords = async name => {
  const resolver = new Resolver({ timeout: 1500, tries: 2 })
  const records = await resolver.resolveTxt(name).catch(() => [])
  return records.map(parts => parts.join(''))
}
