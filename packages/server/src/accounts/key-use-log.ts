import type { Database } from '../database/database.ts'
import type { ApiKeyId } from '../ids.ts'
import type { Logger } from '../logger.ts'
import { recordKeyUse } from './api-key-store.ts'

const everyMs = 60_000
const gatherMs = 1_000
const maxKeysAtOnce = 500
const maxRemembered = 10_000

/** Writes when keys were last used: gathered for a second, then at most once a minute per key, never while a request waits. */
export function createKeyUseLog({ db, logger }: { db: Database; logger: Logger }) {
  const notedAtMs = new Map<ApiKeyId, number>()
  const gathered = new Set<ApiKeyId>()
  let timer: NodeJS.Timeout | undefined
  let writing = Promise.resolve()

  function note(keyId: ApiKeyId): void {
    const nowMs = Date.now()
    if (nowMs - (notedAtMs.get(keyId) ?? Number.NEGATIVE_INFINITY) < everyMs) return
    // The statement itself keeps to once a minute; forgetting costs at most a write that changes nothing.
    if (notedAtMs.size >= maxRemembered) notedAtMs.clear()
    notedAtMs.set(keyId, nowMs)
    gathered.add(keyId)
    timer ??= setTimeout(flush, gatherMs).unref()
  }

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    const keyIds = [...gathered]
    gathered.clear()
    writing = writing.then(() => write(keyIds))
  }

  async function write(keyIds: readonly ApiKeyId[]): Promise<void> {
    try {
      for (let start = 0; start < keyIds.length; start += maxKeysAtOnce) {
        await recordKeyUse(db.query, keyIds.slice(start, start + maxKeysAtOnce), everyMs)
      }
    } catch (error) {
      // Whatever the database has against it, a missing "last used" must not end the server.
      logger.warn({ error, keys: keyIds.length }, 'could not record when keys were last used')
    }
  }

  return {
    note,
    async [Symbol.asyncDispose]() {
      flush()
      await writing
    },
  }
}
