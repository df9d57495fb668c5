import { type RawBuilder, sql } from 'kysely'
import type { Engine } from './database.ts'

/** Row locks as each engine has them: SQLite has one writer, so a transaction there needs none. */
const locks: Readonly<Record<Engine, { forUpdate: RawBuilder<unknown>; skipLocked: RawBuilder<unknown> }>> = {
  sqlite: { forUpdate: sql``, skipLocked: sql`` },
  postgres: { forUpdate: sql`for update`, skipLocked: sql`for update skip locked` },
}

export function rowLock(engine: Engine) {
  return locks[engine]
}
