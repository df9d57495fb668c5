import type { Config } from '../config.ts'
import type { FileStore } from './file-store.ts'
import type { Parser } from './open-parser.ts'
import type { Parsed } from './parse-message.ts'
import { ParseFailure } from './parsers/parse-failure.ts'
import type { SourceFile } from './source-file.ts'
import { storable } from './storable-text.ts'

export interface ReadDependencies {
  readonly files: FileStore
  readonly parser: Pick<Parser, 'parse'>
  readonly config: Pick<Config, 'parseTimeoutMs'>
}

/** An original as passages, or why it gives none, in words. Everything slow happens here, outside any transaction. */
export async function readFile(
  { parser, config }: Omit<ReadDependencies, 'files'>,
  file: Pick<SourceFile, 'name'>,
  { path, signal }: { readonly path: string; readonly signal: AbortSignal },
): Promise<Parsed | ParseFailure> {
  try {
    return await parser.parse({ path, fileName: file.name, timeoutMs: config.parseTimeoutMs, signal })
  } catch (error) {
    // A parser's words may repeat what stands in the file, which not every database can hold.
    if (error instanceof ParseFailure) return new ParseFailure(error.reason, storable(error.message), { cause: error })
    throw error
  }
}
