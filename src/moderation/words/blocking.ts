import type { Db } from '../../platform/db.ts'
import { Invalid } from '../../platform/errors.ts'
import { wordsNow } from './keeping.ts'

/** Throws Invalid at `body` when a text holds words that cannot be posted, and names them; whoever writes it. */
export async function refuseBlocked(db: Db, text: string, boardIds: readonly number[]): Promise<void> {
  const blocked = (await wordsNow(db)).find(text, boardIds).filter(({ word }) => word.action === 'block')
  if (blocked.length === 0) return
  const words = [...new Set(blocked.map(({ start, end }) => text.slice(start, end)))].join(' / ')
  throw new Invalid({ body: { key: 'words.blocked', values: { words } } })
}
