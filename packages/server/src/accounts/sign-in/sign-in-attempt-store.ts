import { createHash } from 'node:crypto'
import { type Database, now, type Queryable, retryRolledBack, timeFromNow } from '../../database/database.ts'

/** One window of five minutes, counted for all nodes in the database. */
const windowMs = 5 * 60_000

export interface AttemptLimit {
  /** What is counted: an address, an account, or both. */
  readonly subject: string
  readonly most: number
}

function keyOf(subject: string): string {
  return createHash('sha256').update(subject).digest('base64url')
}

/** Counts one attempt for each subject, before anything is tried. Returns the seconds to wait when one had too many. */
export async function countAttempt(
  { query }: Pick<Database, 'query'>,
  limits: readonly AttemptLimit[],
): Promise<number | undefined> {
  const time = now()
  const mostOf = new Map(limits.map(({ subject, most }) => [keyOf(subject), most]))
  await query.deleteFrom('sign_in_attempts').where('ends_at', '<=', time).execute()
  const rows = await retryRolledBack(() =>
    query
      .insertInto('sign_in_attempts')
      // Always in the same order, so that two of them never wait for each other.
      .values([...mostOf.keys()].sort().map((subject) => ({ subject, attempts: 1, ends_at: timeFromNow(windowMs) })))
      .onConflict((conflict) =>
        conflict.column('subject').doUpdateSet((row) => ({
          attempts: row('sign_in_attempts.attempts', '+', 1),
        })),
      )
      .returning(['subject', 'attempts', 'ends_at'])
      .execute(),
  )
  const waits = rows
    .filter(({ subject, attempts }) => attempts > (mostOf.get(subject) ?? 0))
    .map(({ ends_at }) => Math.max(1, Math.ceil((Date.parse(ends_at) - Date.now()) / 1000)))
  return waits.length === 0 ? undefined : Math.max(...waits)
}

/** After a success: what was mistyped before it no longer counts. */
export async function forgetAttempts(query: Queryable, subject: string): Promise<void> {
  await query.deleteFrom('sign_in_attempts').where('subject', '=', keyOf(subject)).execute()
}
