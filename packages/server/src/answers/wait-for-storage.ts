import { setTimeout as pause } from 'node:timers/promises'
import { storageFailureOf } from '../database/storage-failure.ts'
import type { Logger } from '../logger.ts'

const firstRetryMs = 100
const maxRetryMs = 2_000

export interface StorageWait {
  readonly logger: Logger
  readonly isOver: () => boolean
}

/**
 * Repeats `work` while the storage is away or full, ever more slowly: a running answer outlives that. Gives the failure
 * up once `isOver` says so; whatever else is wrong is thrown at once. `work` must be safe to repeat.
 */
export async function waitForStorage<T>({ logger, isOver }: StorageWait, work: () => Promise<T>): Promise<T> {
  for (let retryMs = firstRetryMs; ; retryMs = Math.min(2 * retryMs, maxRetryMs)) {
    try {
      return await work()
    } catch (error) {
      if (storageFailureOf(error) === undefined || isOver()) throw error
      if (retryMs === firstRetryMs) logger.warn({ err: error }, 'an answer waits for the storage')
      await pause(retryMs)
    }
  }
}
