import pg from 'pg'

const checkEveryMs = 500
/** Where a pooler hides what runs, nothing may run longer than this. */
const unseenLimitMs = 60_000
const probeWithinMs = 5_000

interface Waiting {
  readonly client: pg.ClientBase
  readonly startedAt: number
  checkAt: number
  /** The server was not running it when asked: its answer is on the way, or will never come. */
  isMissing: boolean
}

export interface WatchOptions {
  readonly config: pg.ClientConfig
  /** Statements are given up after this long without a look at what the server does. */
  readonly limitMs?: number
  /** A statement may run as long as it needs; from here on it has to be seen running. */
  readonly doubtAfterMs?: number
}

/**
 * Notices connections whose other end is gone without a word: a stopped server, a cut cable, a firewall that forgot them.
 * TCP itself takes a quarter of an hour to say so. What waits on such a connection fails, and the others of its pool are
 * not trusted any more.
 */
export class PostgresWatch {
  readonly #config: pg.ClientConfig
  readonly #limitMs: number
  readonly #doubtAfterMs: number
  readonly #waiting = new Set<Waiting>()
  /** When each connection last proved to work. */
  readonly #provenAt = new WeakMap<pg.ClientBase, number>()
  readonly #timer: NodeJS.Timeout
  #lostAt = Number.NEGATIVE_INFINITY
  #looking: Promise<void> | undefined

  constructor({ config, limitMs = Number.POSITIVE_INFINITY, doubtAfterMs = 10_000 }: WatchOptions) {
    this.#config = config
    this.#limitMs = limitMs
    this.#doubtAfterMs = doubtAfterMs
    this.#timer = setInterval(() => this.#check(), checkEveryMs).unref()
  }

  /** A connection that was just opened. */
  add(client: pg.ClientBase): void {
    this.#provenAt.set(client, performance.now())
  }

  /** Another connection was lost since this one last worked. */
  isSuspect(client: pg.ClientBase): boolean {
    return (this.#provenAt.get(client) ?? Number.POSITIVE_INFINITY) < this.#lostAt
  }

  async run(client: pg.ClientBase, query: pg.QueryConfig): Promise<pg.QueryResult> {
    const startedAt = performance.now()
    const waiting: Waiting = { client, startedAt, checkAt: startedAt + this.#doubtAfterMs, isMissing: false }
    this.#waiting.add(waiting)
    try {
      const result = await client.query(query)
      this.#provenAt.set(client, performance.now())
      return result
    } finally {
      this.#waiting.delete(waiting)
    }
  }

  #check(): void {
    const now = performance.now()
    for (const waiting of this.#waiting) if (now - waiting.startedAt > this.#limitMs) this.#giveUp(waiting)
    const doubtful = [...this.#waiting].filter(({ checkAt }) => checkAt < now)
    if (doubtful.length === 0) return
    this.#looking ??= this.#look(doubtful).finally(() => {
      this.#looking = undefined
    })
  }

  /** Asks over a new connection which of these the server is busy with. */
  async #look(doubtful: readonly Waiting[]): Promise<void> {
    const seen = await findBusy(
      this.#config,
      doubtful.map(({ client }) => backendOf(client)),
    )
    const now = performance.now()
    for (const waiting of doubtful) {
      if (!this.#waiting.has(waiting)) continue
      const isBusy =
        seen === 'hidden'
          ? now - waiting.startedAt < unseenLimitMs
          : seen !== 'no answer' && seen.has(backendOf(waiting.client))
      if (!isBusy && (seen === 'no answer' || waiting.isMissing)) this.#giveUp(waiting)
      else waiting.checkAt = isBusy ? now + this.#doubtAfterMs : now
      waiting.isMissing = !isBusy
    }
  }

  #giveUp(waiting: Waiting): void {
    this.#waiting.delete(waiting)
    this.#lostAt = performance.now()
    // With a statement under way this cuts the connection; the statement fails as one whose connection broke.
    // A pool's connection is a client like any other; its type only hides the end.
    void (waiting.client as pg.Client).end().catch(() => undefined)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}

/** The server's processes among these that run a statement; `hidden` when somebody answers who cannot tell. */
async function findBusy(
  config: pg.ClientConfig,
  backends: readonly number[],
): Promise<ReadonlySet<number> | 'hidden' | 'no answer'> {
  const client = new pg.Client({
    ...config,
    connectionTimeoutMillis: probeWithinMs,
    query_timeout: probeWithinMs,
    application_name: 'quory watch',
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ pid: number; self: number }>(
      `select pid, pg_backend_pid() as self from pg_stat_activity
       where pid = any($1) and state in ('active', 'disabled') or pid = pg_backend_pid()`,
      [backends],
    )
    return rows[0]?.self === backendOf(client) ? new Set(rows.map(({ pid }) => pid)) : 'hidden'
  } catch (error) {
    // An error with a code of the server's own is an answer, such as "too many connections".
    return error instanceof pg.DatabaseError ? 'hidden' : 'no answer'
  } finally {
    void client.end().catch(() => undefined)
  }
}

/** The process that the server said it is at the start of the connection; a pooler says a number of its own. */
export function backendOf(client: pg.ClientBase): number {
  // The driver keeps it and leaves it out of its types.
  return (client as unknown as { processID: number | null }).processID ?? 0
}
