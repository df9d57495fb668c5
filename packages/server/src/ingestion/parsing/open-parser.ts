import { ParseFailure, type ParseFailureReason } from '../parsers/parse-failure.ts'
import { ConfinedProcess } from './confined-process.ts'
import type { Parsed, ParseMessage, ParseOrder } from './parse-message.ts'
import { receiveParsed } from './parse-message.ts'

export interface ParseRequest {
  readonly path: string
  /** As the user named it: its extension counts where the bytes do not tell. */
  readonly fileName: string
  /** From when a process is free for it. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** Somebody looks on: before what a sync or a rebuild reads of its thousands. */
  readonly isAwaited?: boolean
}

/** Reads files in a few processes of their own, which go on from file to file. */
export interface Parser {
  /** A `ParseFailure` in words when the file gives nothing; an abort rejects with the signal's reason. */
  parse(request: ParseRequest): Promise<Parsed>
  [Symbol.asyncDispose](): Promise<void>
}

export interface ParserOptions {
  /** Where the files are; the processes can read nothing else but our code. */
  readonly folders: readonly string[]
  /** Files read at once. */
  readonly processes: number
  /** Heap of one process; with everything else it may take twice as much. */
  readonly maxMemoryMb: number
  /** A process is replaced after so many files, so that what a library leaks stays small. */
  readonly filesPerProcess?: number
  /** A process without work ends after this time. */
  readonly idleMs?: number
}

/** After so many awaited files in a row one of the others is read: an archive may hold thousands too. */
const awaitedInRow = 4

/** Found by a look at the first bytes, before any parser ran: the process is as good as before. */
const harmless: readonly ParseFailureReason[] = ['empty', 'unsupported', 'misnamed']

export function openParser(options: ParserOptions): Parser {
  return new ParserPool(options)
}

interface Reader {
  readonly process: ConfinedProcess
  filesRead: number
  idleTimer: NodeJS.Timeout | undefined
}

class ParserPool implements Parser {
  readonly #options: Required<ParserOptions>
  readonly #closing = new AbortController()
  readonly #idle: Reader[] = []
  readonly #all = new Set<Reader>()
  readonly #awaited: (() => void)[] = []
  readonly #others: (() => void)[] = []
  #awaitedInRow = 0
  #running = 0

  constructor(options: ParserOptions) {
    this.#options = { filesPerProcess: 500, idleMs: 30_000, ...options }
  }

  async parse(request: ParseRequest): Promise<Parsed> {
    const signal = AbortSignal.any([request.signal, this.#closing.signal])
    await this.#enter(signal, request.isAwaited === true ? this.#awaited : this.#others)
    try {
      return await this.#parse({ ...request, signal })
    } finally {
      this.#leave()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new Error('The parser was closed'))
    await Promise.all([...this.#all].map((reader) => this.#end(reader)))
  }

  async #parse(request: ParseRequest): Promise<Parsed> {
    const reader = this.#take()
    const isUsed = reader.filesRead > 0
    try {
      return await this.#read(reader, request)
    } catch (error) {
      // What earlier files left behind in a process is not this file's fault.
      if (!isUsed || !(error instanceof ParseFailure) || !['crashed', 'out_of_memory'].includes(error.reason))
        throw error
    }
    return await this.#read(this.#start(), request)
  }

  async #read(reader: Reader, { path, fileName, timeoutMs, signal }: ParseRequest): Promise<Parsed> {
    reader.filesRead++
    let isReusable = false
    try {
      const receive = receiveParsed()
      const { parsed, memoryBytes } = await reader.process.ask({
        order: { path, fileName, timeoutMs } satisfies ParseOrder,
        timeoutMs,
        signal,
        receive: (message: ParseMessage) => receive(message),
      })
      isReusable = memoryBytes < (this.#options.maxMemoryMb * 1_000_000) / 2
      return parsed
    } catch (error) {
      isReusable = error instanceof ParseFailure && harmless.includes(error.reason)
      throw error
    } finally {
      if (isReusable && reader.filesRead < this.#options.filesPerProcess) this.#keep(reader)
      else await this.#end(reader)
    }
  }

  #take(): Reader {
    for (let reader = this.#idle.pop(); reader !== undefined; reader = this.#idle.pop()) {
      clearTimeout(reader.idleTimer)
      if (!reader.process.isClosed) return reader
      this.#all.delete(reader)
    }
    return this.#start()
  }

  #start(): Reader {
    this.#closing.signal.throwIfAborted()
    const { folders, maxMemoryMb } = this.#options
    const process = new ConfinedProcess({ program: 'ingestion/parsing/parse-process', readable: folders, maxMemoryMb })
    const reader: Reader = { process, filesRead: 0, idleTimer: undefined }
    this.#all.add(reader)
    return reader
  }

  #keep(reader: Reader): void {
    if (this.#closing.signal.aborted) return
    reader.idleTimer = setTimeout(() => {
      this.#idle.splice(this.#idle.indexOf(reader), 1)
      void this.#end(reader)
    }, this.#options.idleMs)
    this.#idle.push(reader)
  }

  async #end(reader: Reader): Promise<void> {
    clearTimeout(reader.idleTimer)
    await reader.process[Symbol.asyncDispose]()
    this.#all.delete(reader)
  }

  async #enter(signal: AbortSignal, queue: (() => void)[]): Promise<void> {
    signal.throwIfAborted()
    if (this.#running < this.#options.processes) {
      this.#running++
      return
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const onAbort = () => {
      const place = queue.indexOf(resolve)
      if (place !== -1) queue.splice(place, 1)
      reject(signal.reason)
    }
    queue.push(resolve)
    signal.addEventListener('abort', onAbort, { once: true })
    await promise
    signal.removeEventListener('abort', onAbort)
  }

  /** The place goes to the awaited file that has waited longest, now and then to another. */
  #leave(): void {
    const isOthersTurn = this.#awaited.length === 0 || this.#awaitedInRow >= awaitedInRow
    this.#awaitedInRow = isOthersTurn || this.#others.length === 0 ? 0 : this.#awaitedInRow + 1
    const next = (isOthersTurn ? this.#others.shift() : undefined) ?? this.#awaited.shift()
    if (next === undefined) this.#running--
    else next()
  }
}
