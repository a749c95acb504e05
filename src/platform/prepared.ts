import type { Db } from './db.ts'

/**
 * A statement that is written once for each database (and each `shape`, a few words and numbers that decide its text) and then only run:
 * drizzle takes longer to write most of ours than PostgreSQL to run them. Values come in by `sql.placeholder`. A transaction writes its own.
 */
export function prepared<Statement, Shape = void>(write: (db: Db, shape: Shape) => Statement): (db: Db, shape: Shape) => Statement {
  const written = new WeakMap<Db, Map<string, Statement>>()
  return (db, shape) => {
    const statements = written.get(db) ?? new Map<string, Statement>()
    const key = JSON.stringify(shape) ?? ''
    const statement = statements.get(key) ?? write(db, shape)
    written.set(db, statements.set(key, statement))
    return statement
  }
}
