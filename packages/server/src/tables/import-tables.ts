import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { LocalFile } from '../ingestion/files/temporary-folder.ts'
import { watchMemory } from '../ingestion/parsing/watch-memory.ts'
import { type ImportAnswer, type ImportedTable, ImportFailure, type ImportOrder } from './import-order.ts'
import { startSandboxed } from './start-sandboxed.ts'

interface ImportRequest extends Pick<ImportOrder, 'path' | 'fileName' | 'format'> {
  /** Empty and on the file system of the data folder: what is made lies there until it is disposed. */
  readonly folder: LocalFile
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** Tables with their Parquet files, which go when this is disposed unless somebody moved them away. */
export interface ImportedTables {
  readonly folder: string
  /** The first rows as CSV, of a format that only DuckDB reads; null for others. */
  readonly textFile: string | null
  readonly tables: readonly ImportedTable[]
  readonly warnings: readonly string[]
  [Symbol.asyncDispose](): Promise<void>
}

/** What DuckDB may take as its own; what does not fit is written to the folder for a while. */
const memoryMb = 384
/** With everything else: the program, the parser, a workbook that is unpacked in memory. */
const maxResidentMb = 1_200

/**
 * Makes tables of a file in a process of its own, which may read files and write in one folder. Whatever goes wrong in
 * there, to the process's death, is a warning: the file's text is searched all the same.
 */
export async function importTables({
  folder: temporary,
  timeoutMs,
  signal,
  ...file
}: ImportRequest): Promise<ImportedTables> {
  const { path: folder } = temporary
  const dispose = () => temporary[Symbol.asyncDispose]()
  signal.throwIfAborted()
  const child = startSandboxed('tables/import-process', { folder, heapMb: 512, writable: folder })
  try {
    const answer = await ask(child, { ...file, folder, memoryMb }, timeoutMs, signal)
    if (answer.type === 'failed') throw new ImportFailure(answer.message)
    const { tables, warnings } = answer
    const textFile = answer.textFile === null ? null : join(folder, answer.textFile)
    return { folder, textFile, tables, warnings, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    if (!(error instanceof ImportFailure)) throw error
    const warnings = [`It could not be made into a table to ask with SQL. ${error.message}`]
    return { folder, textFile: null, tables: [], warnings, [Symbol.asyncDispose]: async () => undefined }
  } finally {
    child.kill('SIGKILL')
  }
}

async function ask(
  child: ChildProcess,
  order: ImportOrder,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ImportAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<ImportAnswer>()
  let complaint = ''
  let isTooLarge = false
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-4_000)
  })
  const timer = setTimeout(() => {
    reject(new ImportFailure(`It took longer than ${Math.round(timeoutMs / 1000)} s and was stopped.`))
  }, timeoutMs)
  const stopWatching = watchMemory(child, maxResidentMb, () => {
    isTooLarge = true
    child.kill('SIGKILL')
  })
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  child.on('message', resolve)
  child.on('error', (cause) => reject(new ImportFailure('The program for it did not start.', { cause })))
  // Not `exit`: the last words on standard error come after it.
  child.on('close', () => {
    const isMemory = isTooLarge || /out of memory|bad_alloc/i.test(complaint)
    const reason = isMemory
      ? 'It takes more memory than allowed.'
      : 'It is damaged, or of a form that is not understood.'
    reject(new ImportFailure(reason, { cause: new Error(complaint) }))
  })
  child.send(order, () => undefined)
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    stopWatching()
    signal.removeEventListener('abort', onAbort)
  }
}
