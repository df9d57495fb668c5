import { setTimeout as wait } from 'node:timers/promises'
import { ConnectorFailure } from './connector.ts'

const attempts = 3
/** A longer wait is the caller's to arrange: nothing is held open meanwhile. */
const longestWaitMs = 10_000

/** Tries again what failed in passing: a listing of a thousand requests must not break off at one 502. */
export async function retryPassing<T>(signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run()
    } catch (error) {
      const isPassing = error instanceof ConnectorFailure && error.isPassing
      const waitMs = (error instanceof ConnectorFailure ? error.retryAfterMs : undefined) ?? 250 * 4 ** (attempt - 1)
      if (!isPassing || attempt === attempts || waitMs > longestWaitMs) throw error
      await wait(waitMs, undefined, { signal })
    }
  }
}
