import { and, desc, eq, lt, sql } from 'drizzle-orm'
import { boards } from '../../boards/schema.ts'
import type { Db } from '../../platform/db.ts'
import { Missing } from '../../platform/errors.ts'
import { atMost } from '../../platform/paging.ts'
import { type WORD_ACTIONS, type WORD_KINDS, wordRules } from './schema.ts'

const PAGE = 50

export type WordFilter = { search?: string; kind?: (typeof WORD_KINDS)[number]; action?: (typeof WORD_ACTIONS)[number]; after?: number }

/** Words of the lists with the board they count in, newest first; `after` is the id of the last one on the page before. */
export async function listWords(db: Db, { search, kind, action, after }: WordFilter) {
  const word = search?.normalize('NFKC').toLowerCase().trim()
  const rows = await db
    .select({ rule: wordRules, board: { nameJa: boards.nameJa, nameEn: boards.nameEn } })
    .from(wordRules)
    .leftJoin(boards, eq(boards.id, wordRules.boardId))
    .where(
      and(
        word ? sql`strpos(lower(normalize(${wordRules.word}, NFKC)), ${word}) > 0` : undefined,
        kind ? eq(wordRules.kind, kind) : undefined,
        action ? eq(wordRules.action, action) : undefined,
        after ? lt(wordRules.id, after) : undefined,
      ),
    )
    .orderBy(desc(wordRules.id))
    .limit(atMost(PAGE + 1))
  return { rows: rows.slice(0, PAGE), next: rows.length > PAGE ? rows[PAGE - 1]?.rule.id : undefined }
}

/** One word of the lists. Throws Missing. */
export async function findWord(db: Db, id: number) {
  const [row] = await db.select().from(wordRules).where(eq(wordRules.id, id))
  if (!row) throw new Missing()
  return row
}
