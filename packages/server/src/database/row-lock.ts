import { type RawBuilder, sql } from 'kysely'
import type { Engine } from './database.ts'

/** Row locks as each engine has them: SQLite has one writer, so a transaction there needs none. */
const locks: Readonly<Record<Engine, Record<'forUpdate' | 'forKeyShare' | 'skipLocked', RawBuilder<unknown>>>> = {
  sqlite: { forUpdate: sql``, forKeyShare: sql``, skipLocked: sql`` },
  postgres: {
    forUpdate: sql`for update`,
    /** Keeps a row from being deleted, as a foreign key does. */
    forKeyShare: sql`for key share`,
    skipLocked: sql`for update skip locked`,
  },
}

export function rowLock(engine: Engine) {
  return locks[engine]
}
