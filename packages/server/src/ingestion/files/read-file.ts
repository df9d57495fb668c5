import type { Config } from '../../config.ts'
import type { TableDataId } from '../../tables/data-table.ts'
import type { TableFormat } from '../../tables/import-order.ts'
import { type ImportedTables, importTables } from '../../tables/import-tables.ts'
import type { TableFiles } from '../../tables/table-files.ts'
import { ParseFailure } from '../parsers/parse-failure.ts'
import type { Parser } from '../parsing/open-parser.ts'
import type { Parsed } from '../parsing/parse-message.ts'
import { storable } from '../parsing/storable-text.ts'
import type { SourceFile } from '../source-file.ts'
import type { FileStore } from './file-store.ts'

export interface ReadDependencies {
  readonly files: FileStore
  readonly tableFiles: TableFiles
  readonly parser: Pick<Parser, 'parse'>
  readonly config: Pick<Config, 'parseTimeoutMs'>
}

/** What a file gave: passages, or why there are none in words, and the tables in it. Disposed after its transaction. */
export interface ReadFile extends AsyncDisposable {
  readonly outcome: Parsed | ParseFailure
  /** Undefined when it is no file of tables. */
  readonly tables: ImportedTables | undefined
  /** Tables that were stored of it: the transaction adds them. */
  readonly written: TableDataId[]
}

/** An original as passages and tables. Everything slow happens here, outside any transaction. */
export async function readFile(
  dependencies: ReadDependencies,
  file: Pick<SourceFile, 'project_id' | 'name'>,
  { path, head, signal }: { readonly path: string; readonly head: Buffer; readonly signal: AbortSignal },
): Promise<ReadFile> {
  const read = isParquet(head) ? readParquet : readOriginal
  const { outcome, tables } = await read(dependencies, { path, fileName: file.name }, signal)
  const written: TableDataId[] = []
  const dispose = async () => {
    if (tables === undefined) return
    await tables[Symbol.asyncDispose]()
    await dependencies.tableFiles.clean(file.project_id, written)
  }
  return { outcome, tables, written, [Symbol.asyncDispose]: dispose }
}

/** A file that gives nothing, without having been opened. */
export function unread(outcome: ParseFailure): ReadFile {
  return { outcome, tables: undefined, written: [], [Symbol.asyncDispose]: async () => undefined }
}

interface Original {
  readonly path: string
  readonly fileName: string
}

type ReadOriginal = Pick<ReadFile, 'outcome'> & { readonly tables?: ImportedTables }

async function readOriginal(
  dependencies: ReadDependencies,
  original: Original,
  signal: AbortSignal,
): Promise<ReadOriginal> {
  const outcome = await parse(dependencies, original, signal)
  const format = outcome instanceof ParseFailure ? undefined : tableFormats.get(outcome.format)
  if (outcome instanceof ParseFailure || format === undefined) return { outcome }
  return withTables(outcome, await importFrom(dependencies, { ...original, format }, signal))
}

const tableFormats: ReadonlyMap<string, TableFormat> = new Map([
  ['csv', 'csv'],
  ['xlsx', 'xlsx'],
])
const parquetType = 'application/vnd.apache.parquet'

function isParquet(head: Buffer): boolean {
  return head.toString('latin1', 0, 4) === 'PAR1'
}

/** Only DuckDB reads it: the text that is searched is what it writes of the first rows. */
async function readParquet(
  dependencies: ReadDependencies,
  original: Original,
  signal: AbortSignal,
): Promise<ReadOriginal> {
  const tables = await importFrom(dependencies, { ...original, format: 'parquet' }, signal)
  if (tables.textFile === null) {
    const reason = tables.warnings.map(storable).join(' ') || 'The table is empty.'
    return { outcome: new ParseFailure('damaged', reason), tables }
  }
  const text = await parse(dependencies, { path: tables.textFile, fileName: 'rows.csv' }, signal)
  return text instanceof ParseFailure
    ? { outcome: text, tables }
    : withTables({ ...text, mediaType: parquetType }, tables)
}

function withTables(parsed: Parsed, tables: ImportedTables): ReadOriginal {
  return { outcome: { ...parsed, warnings: [...parsed.warnings, ...tables.warnings.map(storable)] }, tables }
}

async function importFrom(
  { files, config }: ReadDependencies,
  original: Original & { readonly format: TableFormat },
  signal: AbortSignal,
): Promise<ImportedTables> {
  const folder = await files.temporary.makeFolder()
  return await importTables({ ...original, folder, timeoutMs: config.parseTimeoutMs, signal })
}

async function parse(
  { parser, config }: ReadDependencies,
  original: Original,
  signal: AbortSignal,
): Promise<Parsed | ParseFailure> {
  try {
    return await parser.parse({ ...original, timeoutMs: config.parseTimeoutMs, signal })
  } catch (error) {
    // A parser's words may repeat what stands in the file, which not every database can hold.
    if (error instanceof ParseFailure) return new ParseFailure(error.reason, storable(error.message), { cause: error })
    throw error
  }
}
