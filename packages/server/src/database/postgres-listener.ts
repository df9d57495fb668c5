import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { Logger } from '../logger.ts'
import { connectionConfig } from './postgres.ts'

const connectWithinMs = 5_000
const firstRetryMs = 1_000
/** A database that cannot be reached is tried again soon; one that takes LISTEN and tells nothing, a pooler, rarely. */
const maxUnreachableRetryMs = 5_000
const maxDeafRetryMs = 5 * 60_000

interface ListenerOptions {
  readonly url: string
  readonly channel: string
  readonly logger: Logger
  /** Sends any notification to a channel, over another connection. */
  notify(channel: string): Promise<unknown>
  hear(payload: string): void
  /** A notification sent to ourselves must come back within this; how often that is tried. */
  readonly echoWithinMs?: number
  readonly echoEveryMs?: number
}

/**
 * One connection that listens, reconnects, and knows whether it hears: every few seconds a notification of our own has to
 * come back. A connection can look fine and be dead, and a pooler in transaction mode takes LISTEN and forgets it.
 */
export class PostgresListener {
  readonly #options: Required<ListenerOptions>
  /** Nobody else's, and the first that a connection listens to: what a pooler keeps of it, disturbs nobody. */
  readonly #echoChannel = `quory_echo_${randomUUID().replaceAll('-', '')}`
  #client: pg.Client | undefined
  #hears = false
  #isClosed = false
  #isWarned = false
  #failures = 0
  #timer: NodeJS.Timeout | undefined
  #echoTimer: NodeJS.Timeout | undefined

  constructor(options: ListenerOptions) {
    this.#options = { echoWithinMs: 5_000, echoEveryMs: 12_000, ...options }
    void this.#connect()
  }

  get hears(): boolean {
    return this.#hears
  }

  async #connect(): Promise<void> {
    const { url } = this.#options
    const client = new pg.Client({
      ...connectionConfig(url),
      application_name: 'quory wake-up',
      connectionTimeoutMillis: connectWithinMs,
      query_timeout: connectWithinMs,
    })
    const lost = (reason: unknown) => this.#lost(client, String(reason), maxUnreachableRetryMs)
    this.#client = client
    client.on('error', lost)
    client.on('end', () => lost('the connection ended'))
    client.on('notification', ({ channel, payload }) => {
      if (channel === this.#echoChannel) void this.#echoed(client).catch(lost)
      else this.#options.hear(payload ?? '')
    })
    try {
      await client.connect()
      await client.query(`listen ${this.#echoChannel}`)
      if (this.#client === client) this.#tryEcho(client)
    } catch (error) {
      lost(error)
    }
  }

  #tryEcho(client: pg.Client): void {
    this.#echoTimer = setTimeout(
      () => this.#lost(client, 'a notification to this node did not come back', maxDeafRetryMs),
      this.#options.echoWithinMs,
    )
    // When it cannot be sent, it does not come back either.
    this.#options.notify(this.#echoChannel).catch(() => undefined)
  }

  async #echoed(client: pg.Client): Promise<void> {
    if (this.#client !== client || this.#echoTimer === undefined) return
    clearTimeout(this.#echoTimer)
    this.#echoTimer = undefined
    if (!this.#hears) await client.query(`listen ${this.#options.channel}`)
    if (this.#client !== client) return
    if (this.#isWarned) this.#options.logger.warn('wake-ups between nodes are on again')
    this.#isWarned = false
    this.#hears = true
    this.#failures = 0
    this.#timer = setTimeout(() => this.#tryEcho(client), this.#options.echoEveryMs)
  }

  #lost(client: pg.Client, reason: string, maxRetryMs: number): void {
    if (this.#client !== client || this.#isClosed) return
    this.#client = undefined
    this.#hears = false
    clearTimeout(this.#timer)
    clearTimeout(this.#echoTimer)
    this.#echoTimer = undefined
    void client.end().catch(() => undefined)
    if (!this.#isWarned)
      this.#options.logger.warn({ reason }, 'wake-ups between nodes are off: asking the database instead')
    this.#isWarned = true
    const retryMs = Math.min(maxRetryMs, firstRetryMs * 2 ** Math.min(this.#failures, 10))
    this.#failures += 1
    this.#timer = setTimeout(() => void this.#connect(), retryMs)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    this.#hears = false
    clearTimeout(this.#timer)
    clearTimeout(this.#echoTimer)
    const client = this.#client
    if (client === undefined) return
    // A connection that is dead never says goodbye.
    const goodbye = client.end().catch(() => undefined)
    await Promise.race([goodbye, new Promise((resolve) => setTimeout(resolve, 500).unref())])
  }
}
