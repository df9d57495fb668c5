import { setTimeout as wait } from 'node:timers/promises'
import type { Egress, EgressResponse } from '../../egress/egress.ts'
import { version } from '../../version.ts'
import { asConnectorError } from './egress-error-words.ts'
import { retryAfter } from './remote-failure.ts'

const userAgent = `Quory/${version} (self-hosted document search)`
const ordinaryDelayMs = 100
const attempts = 3
const shortestRestMs = 1_000
const longestRestMs = 30_000

interface GetOptions {
  readonly signal: AbortSignal
  readonly headers?: Readonly<Record<string, string>>
  readonly maxBytes?: number
  readonly timeoutMs?: number
  readonly maxRedirects?: number
}

/** Asks a site for one thing at a time, with a pause in between, and waits when it is told to. */
export class PoliteClient {
  readonly #egress: Egress
  #last: Promise<unknown> = Promise.resolve()
  #readyAtMs = 0
  delayMs = ordinaryDelayMs

  constructor(egress: Egress) {
    this.#egress = egress
  }

  /** `read` has the site to itself until it is done; the response is disposed of after it. */
  async get<T>(address: string, options: GetOptions, read: (response: EgressResponse) => Promise<T>): Promise<T> {
    const before = this.#last
    const { promise: isDone, resolve: done } = Promise.withResolvers<void>()
    this.#last = before.then(() => isDone)
    try {
      await before
      return await this.#attempt(address, options, read)
    } catch (error) {
      throw asConnectorError(error, options.signal)
    } finally {
      this.#readyAtMs = Date.now() + this.delayMs
      done()
    }
  }

  async #attempt<T>(address: string, options: GetOptions, read: (response: EgressResponse) => Promise<T>): Promise<T> {
    const { signal, headers, ...limits } = options
    for (let attempt = 1; ; attempt++) {
      await wait(Math.max(0, this.#readyAtMs - Date.now()), undefined, { signal })
      await using response = await this.#egress.request(address, {
        ...limits,
        idleTimeoutMs: 20_000,
        headers: { 'user-agent': userAgent, accept: 'text/html,application/xhtml+xml,*/*;q=0.8', ...headers },
        signal,
      })
      const restMs = attempt === attempts ? undefined : restAsked(response, attempt)
      if (restMs === undefined) return await read(response)
      this.#readyAtMs = Date.now() + restMs
    }
  }
}

/** How long a site that has too much to do wants to be left alone; undefined: it is fine, or wants longer than is waited. */
function restAsked({ status, headers }: EgressResponse, attempt: number): number | undefined {
  if (status !== 429 && status !== 503) return undefined
  const { retryAfterMs } = retryAfter(headers.get('retry-after'))
  const restMs = retryAfterMs ?? shortestRestMs * 2 ** (attempt - 1)
  return restMs <= longestRestMs ? restMs : undefined
}
