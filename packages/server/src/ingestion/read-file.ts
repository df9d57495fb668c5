import type { Config } from '../config.ts'
import type { FileStore } from './file-store.ts'
import type { Parser } from './open-parser.ts'
import type { Parsed } from './parse-message.ts'
import { ParseFailure } from './parsers/parse-failure.ts'
import { fileRef, type SourceFile } from './source-file.ts'
import { storable } from './storable-text.ts'

export interface ReadDependencies {
  readonly files: FileStore
  readonly parser: Pick<Parser, 'parse'>
  readonly config: Pick<Config, 'parseTimeoutMs'>
}

/** A stored original as passages, or why it gives none, in words. Everything slow happens here, outside any transaction. */
export async function readFile(
  { files, parser, config }: ReadDependencies,
  file: SourceFile,
  signal: AbortSignal,
): Promise<Parsed | ParseFailure> {
  await using original = await files.materialize(fileRef(file))
  if (original === undefined)
    return new ParseFailure('damaged', 'The file of this data source is gone. Upload it again.')
  try {
    const { path } = original
    return await parser.parse({ path, fileName: file.name, timeoutMs: config.parseTimeoutMs, signal })
  } catch (error) {
    // A parser's words may repeat what stands in the file, which not every database can hold.
    if (error instanceof ParseFailure) return new ParseFailure(error.reason, storable(error.message), { cause: error })
    throw error
  }
}
