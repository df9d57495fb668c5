import { type ChildProcess, fork } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ProgramName, packageFolder, programUrl } from '../../program-files.ts'
import { ParseFailure } from '../parsers/parse-failure.ts'
import { watchMemory } from './watch-memory.ts'

/** Beyond the server's own: a tenth of the share of a core that it gets beside it. Whoever asks meanwhile does not wait. */
const niceness = 10

interface ConfinedOptions {
  readonly program: ProgramName
  /** Files and folders it may read, besides our code. */
  readonly readable: readonly string[]
  /** The one folder it may write to. */
  readonly writable?: string
  /** Of the heap; with everything else the process may take twice as much. */
  readonly maxMemoryMb: number
}

interface Question<Order, Message, Result> {
  readonly order: Order
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** The result once it is whole; until then the process goes on sending. Throws what the process reported. */
  readonly receive: (message: Message) => Result | undefined
}

/**
 * A program of ours in a process of its own, which may read what it was given and our code, and nothing else: no other
 * files, no programs, none of our environment. Whatever goes wrong in there, to its death, is a `ParseFailure` with a
 * sentence for the person whose file it read.
 */
export class ConfinedProcess {
  readonly #child: ChildProcess
  readonly #maxMemoryMb: number
  readonly #closed: Promise<void>
  #complaint = ''
  #isTooLarge = false
  #isClosed = false

  constructor({ program, readable, writable, maxMemoryMb }: ConfinedOptions) {
    this.#maxMemoryMb = maxMemoryMb
    this.#child = fork(fileURLToPath(programUrl(program)), [], {
      // Typed arrays keep their type, and texts are copied rather than escaped.
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: {},
      execArgv: [
        `--max-old-space-size=${maxMemoryMb}`,
        '--permission',
        ...[...codeFolders(), ...readable].flatMap(bothPaths).map((path) => `--allow-fs-read=${path}`),
        ...(writable === undefined ? [] : bothPaths(writable).map((path) => `--allow-fs-write=${path}`)),
        '--no-warnings',
      ],
    })
    if (this.#child.pid !== undefined) setPriority(this.#child.pid, Math.min(getPriority() + niceness, 19))
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint = (this.#complaint + text).slice(-4_000)
    })
    // A process that could not be started reports itself by `close` too, which knows what it complained of.
    this.#child.on('error', (error) => {
      this.#complaint ||= error.message
    })
    this.#closed = new Promise((resolve) => {
      // Not `exit`: the last words on standard error come after it.
      this.#child.on('close', () => {
        this.#isClosed = true
        resolve()
      })
    })
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** One question at a time. After a rejection the process is of no more use: dispose of it. */
  async ask<Order extends object, Message, Result>(question: Question<Order, Message, Result>): Promise<Result> {
    const { order, timeoutMs, signal, receive } = question
    signal.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    const timer = setTimeout(() => {
      const seconds = Math.max(1, Math.round(timeoutMs / 1000))
      reject(new ParseFailure('time_out', `Reading the file took longer than ${seconds} s and was stopped.`))
    }, timeoutMs)
    const stopWatching = watchMemory(this.#child, this.#maxMemoryMb * 2, () => {
      this.#isTooLarge = true
      this.#child.kill('SIGKILL')
    })
    const onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    const onMessage = (message: Message) => {
      try {
        const result = receive(message)
        if (result !== undefined) resolve(result)
      } catch (error) {
        reject(error)
      }
    }
    this.#child.on('message', onMessage)
    void this.#closed.then(() => reject(this.#causeOfDeath()))
    this.#child.send(order, (error) => {
      // A process that is dead or dying reports itself by `close`, which knows why.
      if (error !== null && this.#child.connected) reject(error)
    })
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      stopWatching()
      signal.removeEventListener('abort', onAbort)
      this.#child.off('message', onMessage)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#closed
  }

  #causeOfDeath(): ParseFailure {
    const complaint = this.#complaint.trim()
    if (this.#isTooLarge || /heap out of memory|Array buffer allocation failed|invalid array length/i.test(complaint)) {
      return new ParseFailure(
        'out_of_memory',
        'Reading the file takes more memory than allowed. Split it into smaller files.',
      )
    }
    return new ParseFailure(
      'crashed',
      'The file could not be read: it is damaged or of a kind that is not supported.',
      { cause: new Error(complaint === '' ? 'The process ended without a word' : complaint) },
    )
  }
}

/** The package, and every folder of packages that Node would look for a dependency in. */
function codeFolders(): string[] {
  const folders = [fileURLToPath(packageFolder)]
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    folders.push(join(folder, 'node_modules'))
  }
  return folders.filter((folder) => existsSync(folder))
}

/** Permissions are checked on the path as it is given and again where its links lead. */
function bothPaths(path: string): string[] {
  const real = existsSync(path) ? realpathSync(path) : path
  return real === path ? [path] : [path, real]
}
