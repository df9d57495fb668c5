import { opendir, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { ParseFailure } from '../parsers/parse-failure.ts'
import type { Parser } from './open-parser.ts'
import type { Parsed } from './parse-message.ts'

export interface FolderFile {
  /** Relative to the folder. */
  readonly name: string
  readonly size: number
  /** From asking for it to having it whole. */
  readonly ms: number
  readonly outcome: Parsed | ParseFailure
}

interface FolderOptions {
  readonly parser: Parser
  readonly folder: string
  /** Files under way at once: as many as the parser has processes keeps them all busy. */
  readonly concurrency: number
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** Parses every file below a folder and stores nothing. Calls back for each when it is done, in no particular order. */
export async function parseFolder(options: FolderOptions, onFile: (file: FolderFile) => void): Promise<void> {
  const paths = filesBelow(options.folder)
  const work = async () => {
    for await (const path of paths) onFile(await parseOne(options, path))
  }
  await Promise.all(Array.from({ length: options.concurrency }, work))
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  for await (const entry of await opendir(folder, { recursive: true })) {
    if (entry.isFile()) yield join(entry.parentPath, entry.name)
  }
}

async function parseOne({ parser, folder, timeoutMs, signal }: FolderOptions, path: string): Promise<FolderFile> {
  const { size } = await stat(path)
  const name = relative(folder, path)
  const start = performance.now()
  const outcome = await parser.parse({ path, fileName: name, timeoutMs, signal }).catch((error: unknown) => {
    if (error instanceof ParseFailure) return error
    throw error
  })
  return { name, size, ms: performance.now() - start, outcome }
}
