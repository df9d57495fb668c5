import { type RawBuilder, sql } from 'kysely'
import type { Engine } from './database.ts'

type LockName = 'forUpdate' | 'forShare' | 'forKeyShare' | 'skipLocked'

/** Row locks as each engine has them: SQLite has one writer, so a transaction there needs none. */
const locks: Readonly<Record<Engine, Record<LockName, RawBuilder<unknown>>>> = {
  sqlite: { forUpdate: sql``, forShare: sql``, forKeyShare: sql``, skipLocked: sql`` },
  postgres: {
    forUpdate: sql`for update`,
    forShare: sql`for share`,
    /** Keeps a row from being deleted, as a foreign key does. */
    forKeyShare: sql`for key share`,
    skipLocked: sql`for update skip locked`,
  },
}

export function rowLock(engine: Engine) {
  return locks[engine]
}
