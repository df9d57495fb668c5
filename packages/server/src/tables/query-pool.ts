import type { ChildProcess } from 'node:child_process'
import { watchMemory } from '../ingestion/parsing/watch-memory.ts'
import { QueryRefused, type QueryResult } from './data-table.ts'
import type { QueryAnswer, QueryOrder } from './query-order.ts'
import { startSandboxed } from './start-sandboxed.ts'

interface PoolOptions {
  /** Where the Parquet files are; the processes work in it and name them without a folder. */
  readonly folder: string
  /** Queries at a time, each in a process of its own. */
  readonly size: number
  /** A process that has had nothing to do for this long is ended. */
  readonly idleMs: number
}

interface QueryRequest extends QueryOrder {
  /** Whose query it is: one project never holds all processes. */
  readonly owner: string
  readonly signal: AbortSignal
}

/** After its time is up a statement is interrupted from within; what does not stop then is killed. */
const graceMs = 1_500
/** To start the program and load DuckDB. */
const startMs = 20_000
/** Beside what DuckDB counts as its own. */
const overheadMb = 400
const maxWaitMs = 30_000

interface Waiting {
  readonly owner: string
  readonly start: () => void
}

/**
 * Runs queries in processes of their own, started when needed and kept warm for a while. They inherit nothing of our
 * environment, may start no programs and write no files; one that crashes, hangs or takes too much memory takes only its
 * query with it.
 */
export class QueryPool {
  readonly #options: PoolOptions
  readonly #idle: { child: ChildProcess; timer: NodeJS.Timeout }[] = []
  readonly #running = new Map<ChildProcess, string>()
  readonly #waiting: Waiting[] = []
  readonly #closing = new AbortController()
  #taken: string[] = []

  constructor(options: PoolOptions) {
    this.#options = options
  }

  /** Process ids, for those who watch what they take. */
  get pids(): number[] {
    return [...this.#idle.map(({ child }) => child), ...this.#running.keys()].flatMap(({ pid }) => pid ?? [])
  }

  async query({ owner, signal, ...order }: QueryRequest): Promise<QueryResult> {
    const stop = AbortSignal.any([signal, this.#closing.signal])
    await this.#takeTurn(owner, stop)
    try {
      return await this.#run(order, stop)
    } finally {
      this.#taken.splice(this.#taken.indexOf(owner), 1)
      this.#startWaiting()
    }
  }

  #hasRoom(owner: string): boolean {
    const { size } = this.#options
    const own = this.#taken.filter((one) => one === owner).length
    return this.#taken.length < size && own < Math.max(1, size - 1)
  }

  #startWaiting(): void {
    const next = this.#waiting.find(({ owner }) => this.#hasRoom(owner))
    next?.start()
  }

  async #takeTurn(owner: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#hasRoom(owner)) {
      this.#taken.push(owner)
      return
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiting: Waiting = {
      owner,
      start: () => {
        this.#taken.push(owner)
        resolve()
        leave()
      },
    }
    const leave = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      const at = this.#waiting.indexOf(waiting)
      if (at !== -1) this.#waiting.splice(at, 1)
    }
    const onAbort = () => {
      leave()
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      leave()
      reject(new QueryRefused('Too many queries are running; try again in a moment.'))
    }, maxWaitMs)
    signal.addEventListener('abort', onAbort, { once: true })
    this.#waiting.push(waiting)
    await promise
  }

  async #run(order: QueryOrder, signal: AbortSignal): Promise<QueryResult> {
    const child = this.#takeIdle() ?? (await this.#start(signal))
    let isKept = false
    try {
      const answer = await ask(child, order, signal)
      // A process that had to be interrupted or ran short of memory may hold what it should not.
      isKept = answer.type === 'result' || (answer.type === 'refused' && !/interrupt|memory/i.test(answer.message))
      if (answer.type === 'result') return answer.result
      if (answer.type === 'ready') throw new Error('The query process answered out of turn')
      throw new QueryRefused(describeRefusal(answer.message, order))
    } finally {
      if (isKept && child.connected && !this.#closing.signal.aborted) this.#keep(child)
      else child.kill('SIGKILL')
    }
  }

  #takeIdle(): ChildProcess | undefined {
    const kept = this.#idle.pop()
    if (kept === undefined) return undefined
    clearTimeout(kept.timer)
    return kept.child
  }

  #keep(child: ChildProcess): void {
    const timer = setTimeout(() => child.kill('SIGKILL'), this.#options.idleMs)
    timer.unref()
    this.#idle.push({ child, timer })
  }

  async #start(signal: AbortSignal): Promise<ChildProcess> {
    const child = startSandboxed('tables/query-process', { folder: this.#options.folder, heapMb: 256 })
    child.once('close', () => {
      const at = this.#idle.findIndex((kept) => kept.child === child)
      const [kept] = at === -1 ? [] : this.#idle.splice(at, 1)
      clearTimeout(kept?.timer)
    })
    try {
      await receive(child, { signal, timeoutMs: startMs })
      return child
    } catch (error) {
      child.kill('SIGKILL')
      throw error
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new QueryRefused('The server is being stopped.'))
    const children = [...this.#idle.map(({ child }) => child)]
    for (const child of children) child.kill('SIGKILL')
    await Promise.all(children.map(untilClosed))
  }
}

function untilClosed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => child.once('close', () => resolve()))
}

async function ask(child: ChildProcess, order: QueryOrder, signal: AbortSignal): Promise<QueryAnswer> {
  const answer = receive(child, {
    signal,
    timeoutMs: order.limits.timeoutMs + graceMs,
    maxMemoryMb: order.limits.memoryMb + overheadMb,
  })
  child.send(order, () => undefined)
  return await answer
}

interface Patience {
  readonly signal: AbortSignal
  readonly timeoutMs: number
  readonly maxMemoryMb?: number
}

/** The next message; a `QueryRefused` with the reason when none comes. */
async function receive(
  child: ChildProcess,
  { signal, timeoutMs, maxMemoryMb = Infinity }: Patience,
): Promise<QueryAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<QueryAnswer>()
  let complaint = ''
  let isTooLarge = false
  const onWords = (text: Buffer) => {
    complaint = (complaint + text.toString('utf8')).slice(-2_000)
  }
  const onClose = () => {
    const reason =
      isTooLarge || /out of memory|bad_alloc/i.test(complaint)
        ? memorySentence
        : 'The query ended the process that ran it.'
    reject(new QueryRefused(reason, { cause: new Error(complaint) }))
  }
  const onAbort = () => reject(signal.reason)
  const stopWatching = watchMemory(child, maxMemoryMb, () => {
    isTooLarge = true
    child.kill('SIGKILL')
  })
  const timer = setTimeout(() => reject(new QueryRefused(timeSentence)), timeoutMs)
  child.stderr?.on('data', onWords)
  child.on('message', resolve)
  child.on('error', reject)
  child.on('close', onClose)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    stopWatching()
    child.stderr?.off('data', onWords)
    child.off('message', resolve)
    child.off('error', reject)
    child.off('close', onClose)
    signal.removeEventListener('abort', onAbort)
  }
}

const timeSentence = 'The query took too long and was stopped.'
const memorySentence = 'The query took more memory than allowed and was stopped.'

function describeRefusal(message: string, { limits }: QueryOrder): string {
  if (/^INTERRUPT/i.test(message)) return `The query took longer than ${limits.timeoutMs / 1000} s and was stopped.`
  if (/out of memory/i.test(message)) return memorySentence
  return message
}
