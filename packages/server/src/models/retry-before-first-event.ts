import { setTimeout as wait } from 'node:timers/promises'
import { ModelError, type ModelEvent } from './language-model.ts'

const maxAttempts = 3
/** A provider that asks for more patience than this has refused. */
const maxWaitMs = 20_000

/**
 * Opens a model's stream, and opens it again after a failure that may pass: at most three times, and never once an
 * event has come, because a reader has seen it. Waits as long as the provider said, else 0.5 s, then 1 s, half of it by
 * chance so that many answers do not come back at once.
 */
export async function* retryBeforeFirstEvent(
  open: () => AsyncIterable<ModelEvent>,
  { signal, delayMs = 500 }: { signal: AbortSignal; delayMs?: number },
): AsyncGenerator<ModelEvent> {
  for (let attempt = 1; ; attempt++) {
    let started = false
    try {
      for await (const event of open()) {
        started = true
        yield event
      }
      return
    } catch (error) {
      signal.throwIfAborted()
      if (started || attempt === maxAttempts || !(error instanceof ModelError) || error.retry === undefined) throw error
      const pause = error.retry.afterMs ?? delayMs * 2 ** (attempt - 1) * (0.5 + Math.random() / 2)
      if (pause > maxWaitMs) throw error
      await wait(pause, undefined, { signal }).catch(() => signal.throwIfAborted())
    }
  }
}
