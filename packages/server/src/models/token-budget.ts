import { setTimeout as wait } from 'node:timers/promises'

/** Spends at most so many tokens a minute, in the order of asking; without a limit it only keeps pauses. */
export class TokenBudget {
  readonly #perMs: number
  /** When what was taken so far is paid for. */
  #freeAt = 0

  constructor(tokensPerMinute: number | undefined) {
    this.#perMs = tokensPerMinute === undefined ? Number.POSITIVE_INFINITY : tokensPerMinute / 60_000
  }

  async take(tokens: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const now = performance.now()
    const startsAt = Math.max(now, this.#freeAt)
    this.#freeAt = startsAt + tokens / this.#perMs
    if (startsAt > now) await wait(startsAt - now, undefined, { signal }).catch(() => signal.throwIfAborted())
  }

  /** Nothing is spent for so long. */
  pause(ms: number): void {
    this.#freeAt = Math.max(this.#freeAt, performance.now() + ms)
  }
}
