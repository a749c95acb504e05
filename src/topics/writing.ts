import { sql } from 'drizzle-orm'
import { accounts } from '../accounts/schema.ts'
import type { Db } from '../platform/db.ts'
import { extractMentions, renderBody } from '../platform/html.ts'

/** The columns a body becomes when it is written: its source, its HTML, its plain text. */
export type Written = { body: string; bodyHtml: string; bodyText: string; rendererVersion: number }

/** Renders a body once, with links to those of the mentioned who exist. Throws Invalid at `body`. */
export async function write(db: Db, body: string): Promise<Written> {
  const source = body.replace(/\r\n?/g, '\n').trim()
  const handles = await knownHandles(db, extractMentions(source))
  const { html, text, version } = await renderBody(source, { handles })
  return { body: source, bodyHtml: html, bodyText: text, rendererVersion: version }
}

async function knownHandles(db: Db, mentioned: string[]): Promise<Set<string>> {
  if (mentioned.length === 0) return new Set()
  const names = sql.param(mentioned.slice(0, 50))
  const rows = await db
    .select({ handle: accounts.handle })
    .from(accounts)
    .where(sql`${accounts.handle} = any(${names}::text[]) and ${accounts.closedAt} is null`)
  return new Set(rows.map(row => row.handle))
}

/** A line without signs that hide or turn text; the joiner inside emoji stays. */
export const withoutHidden = (text: string): string => text.toWellFormed().replace(/(?![\s\u200d])[\p{Cc}\p{Cf}]/gu, '')

/** Tags as people type them: parted by commas (Japanese ones too) or spaces; at most five, 30 letters each, without #. */
export function readTags(text: string): string[] {
  const tags = withoutHidden(text.normalize('NFKC'))
    .split(/[,\s\u3001\uff0c]+/u)
    .map(tag => [...tag.replace(/^#+/, '')].slice(0, 30).join(''))
    .filter(Boolean)
  return [...new Map(tags.map(tag => [tag.toLowerCase(), tag])).values()].slice(0, 5)
}
