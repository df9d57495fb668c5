import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { PreparedDocument } from '../retrieval/prepare-document.ts'
import type { Format } from './detect-media-type.ts'
import { ParseFailure, type ParseFailureReason } from './parsers/parse-failure.ts'
import { watchMemory } from './watch-memory.ts'

/** A file as text, passages and postings, ready for `storeDocument`. */
export interface Parsed extends PreparedDocument {
  readonly format: Format
  readonly mediaType: string
  readonly title: string | null
  /** What was left out or guessed, one sentence each. */
  readonly warnings: readonly string[]
}

export interface ParseRequest {
  readonly path: string
  /** As the user named it: its extension counts where the bytes do not tell. */
  readonly fileName: string
  readonly timeoutMs: number
  /** Of the heap; with everything else the process may take twice as much. */
  readonly maxMemoryMb: number
  readonly signal: AbortSignal
}

export type ParseOrder = Pick<ParseRequest, 'path' | 'fileName'>
export type ParseAnswer =
  | { readonly type: 'parsed'; readonly parsed: Parsed }
  | { readonly type: 'failed'; readonly reason: ParseFailureReason; readonly message: string }

// The same folder holds it, as `.ts` from the source and `.js` when built.
const program = fileURLToPath(import.meta.url).replace(/parse-file\.(ts|js)$/, 'parse-process.$1')

/**
 * Parses one file in a process of its own, which may read files and nothing else: no writing, no programs, none of our
 * environment. Whatever goes wrong in there, to the process's death, is a `ParseFailure` with a sentence for the person
 * who uploaded the file; an abort rejects with the signal's reason.
 */
export async function parseFile(request: ParseRequest): Promise<Parsed> {
  request.signal.throwIfAborted()
  const child = start(request.maxMemoryMb)
  try {
    return await ask(child, request)
  } finally {
    child.kill('SIGKILL')
  }
}

function start(maxMemoryMb: number): ChildProcess {
  return fork(program, [], {
    // Typed arrays keep their type, and texts are copied rather than escaped.
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {},
    execArgv: [`--max-old-space-size=${maxMemoryMb}`, '--permission', '--allow-fs-read=*', '--no-warnings'],
  })
}

async function ask(
  child: ChildProcess,
  { path, fileName, timeoutMs, maxMemoryMb, signal }: ParseRequest,
): Promise<Parsed> {
  const { promise, resolve, reject } = Promise.withResolvers<Parsed>()
  let complaint = ''
  let isTooLarge = false
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-4_000)
  })
  const timer = setTimeout(() => {
    const seconds = Math.round(timeoutMs / 1000)
    reject(new ParseFailure('time_out', `Reading the file took longer than ${seconds} s and was stopped.`))
  }, timeoutMs)
  const stopWatching = watchMemory(child, maxMemoryMb * 2, () => {
    isTooLarge = true
    child.kill('SIGKILL')
  })
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  child.on('message', (answer: ParseAnswer) => {
    if (answer.type === 'parsed') resolve(answer.parsed)
    else reject(new ParseFailure(answer.reason, answer.message))
  })
  child.on('error', (error) => reject(new ParseFailure('crashed', 'The file could not be read.', { cause: error })))
  // Not `exit`: the last words on standard error come after it.
  child.on('close', () => reject(deathOf(complaint, isTooLarge)))
  child.send({ path, fileName } satisfies ParseOrder, (error) => {
    // A process that is already dead reports itself by `close`, which knows why.
    if (error !== null && child.exitCode === null && child.signalCode === null) reject(error)
  })
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    stopWatching()
    signal.removeEventListener('abort', onAbort)
  }
}

function deathOf(complaint: string, isTooLarge: boolean): ParseFailure {
  if (isTooLarge || /heap out of memory|Array buffer allocation failed|invalid array length/i.test(complaint)) {
    return new ParseFailure(
      'out_of_memory',
      'Reading the file takes more memory than allowed. Split it into smaller files.',
    )
  }
  return new ParseFailure('crashed', 'The file could not be read: it is damaged or of a kind that is not supported.', {
    cause: new Error(complaint.trim() === '' ? 'The parsing process ended without a word' : complaint),
  })
}
