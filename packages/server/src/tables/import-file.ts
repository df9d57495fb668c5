import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, rm, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { readWorkbook } from '../ingestion/parsers/read-workbook.ts'
import { nullWords, quoteName, quoteText } from './column-sql.ts'
import type { TableColumn } from './data-table.ts'
import { describeColumns } from './describe-columns.ts'
import { openImportDatabase, readAll } from './import-database.ts'
import { type ImportedTable, ImportFailure, type ImportOrder } from './import-order.ts'
import { readCsvRows } from './read-csv-rows.ts'
import { columnNames } from './safe-name.ts'
import { type FinishedDraft, maxColumns, maxLineCharacters, TableDraft } from './table-draft.ts'

/** Sheets of one workbook that become tables. */
const maxSheets = 100
/** Rows of a Parquet file that are read as text, too. */
const textRows = 20_001
const textFile = 'rows.csv'

interface Imported {
  readonly textFile: string | null
  readonly tables: ImportedTable[]
  readonly warnings: string[]
}

/** Makes a Parquet file of each table in a file. Runs in a process of its own. */
export async function importFile(order: ImportOrder): Promise<Imported> {
  switch (order.format) {
    case 'csv':
      return importCsv(order)
    case 'xlsx':
      return importWorkbook(order)
    case 'parquet':
      return importParquet(order)
  }
}

function stemOf(fileName: string): string {
  return fileName.slice(0, fileName.length - extname(fileName).length) || fileName
}

async function importCsv(order: ImportOrder): Promise<Imported> {
  const draftPath = join(order.folder, 'draft-0.csv')
  const draft = new TableDraft(draftPath)
  const delimiter = await readCsvRows(
    order.path,
    (cells) => draft.add(cells),
    () => draft.flush(),
  )
  const finished = await draft.finish(delimiter)
  if (finished === undefined) return { textFile: null, tables: [], warnings: [] }
  const names = { title: stemOf(order.fileName), sheet: null }
  const { table, warnings } = await writeTable(order, draftPath, finished, { ...names, file: 'table-0.parquet' })
  return { textFile: null, tables: [table], warnings: [...finished.warnings, ...warnings] }
}

async function importWorkbook(order: ImportOrder): Promise<Imported> {
  const { sheets } = await readWorkbook(await readFile(order.path))
  const visible = sheets.filter(({ isHidden }) => !isHidden)
  const tables: ImportedTable[] = []
  const warnings: string[] = []
  if (visible.length > maxSheets) warnings.push(`Only the first ${maxSheets} sheets became tables.`)
  for (const [index, sheet] of visible.slice(0, maxSheets).entries()) {
    const draftPath = join(order.folder, `draft-${index}.csv`)
    const draft = new TableDraft(draftPath)
    try {
      await sheet.readRows(({ cells }) => draft.add(cells))
      const finished = await draft.finish(',')
      if (finished === undefined) continue
      const title = visible.length === 1 ? stemOf(order.fileName) : `${stemOf(order.fileName)} ${sheet.name}`
      const names = { title, sheet: sheet.name, file: `table-${index}.parquet` }
      const { table, warnings: more } = await writeTable(order, draftPath, finished, names)
      tables.push(table)
      warnings.push(...[...finished.warnings, ...more].map((warning) => `Sheet “${sheet.name}”: ${warning}`))
    } catch (error) {
      if (!(error instanceof ImportFailure)) throw error
      warnings.push(`Sheet “${sheet.name}” did not become a table. ${error.message}`)
    } finally {
      draft.close()
      await rm(draftPath, { force: true })
    }
  }
  return { textFile: null, tables, warnings }
}

interface TableNames {
  readonly title: string
  readonly sheet: string | null
  readonly file: string
}

async function writeTable(order: ImportOrder, draftPath: string, draft: FinishedDraft, names: TableNames) {
  const columns = columnNames(draft.columns.map(({ label }) => label))
  const raw = Array.from({ length: draft.width }, (_, index) => `c${index}`)
  const selected = draft.columns.map(
    ({ index, settled }, at) => `${nullWords(`c${index}`, settled)} as ${quoteName(columns[at] ?? '')}`,
  )
  const source = `read_csv(${quoteText(draftPath)}, auto_detect = false, header = false, delim = ',', quote = '"',
    escape = '"', nullstr = '', strict_mode = true, parallel = false, null_padding = ${draft.isRagged},
    max_line_size = ${maxLineCharacters * 4}, columns = {${raw.map((name) => `'${name}': 'varchar'`).join(', ')}})`
  const described = await writeParquet(order, `select ${selected.join(', ')} from ${source}`, names.file, undefined)
  const warnings = describeUnknown(described.unknown)
  if (described.rowCount !== draft.rowCount) {
    throw new ImportFailure(`Only ${described.rowCount} of its ${draft.rowCount} rows could be taken over.`)
  }
  const complete = described.columns.map((column, index): TableColumn => {
    const { label = column.name, settled, count = 0 } = draft.columns[index] ?? {}
    const lost = count - column.statistics.count
    if (lost > 0) warnings.push(`Column “${label}”: ${lost} values could not be read as ${column.type} and are empty.`)
    return {
      name: column.name,
      label: label || column.name,
      type: column.type,
      unit: settled?.unit ?? null,
      statistics: column.statistics,
    }
  })
  const { rowCount, sample, size } = described
  return { table: { ...names, rowCount, size, contentHash: draft.contentHash, columns: complete, sample }, warnings }
}

async function importParquet(order: ImportOrder): Promise<Imported> {
  const source = `read_parquet(${quoteText(order.path)})`
  const { labels, described } = await withDatabase(order, order.path, async (connection) => {
    const labels = (await readAll(connection, `describe select * from ${source}`)).map(([name]) => String(name))
    if (labels.length > maxColumns)
      throw new ImportFailure(`It has more than ${maxColumns} columns, which is no table to ask.`)
    const names = columnNames(labels)
    const selected = labels.map((label, index) => `${quoteName(label)} as ${quoteName(names[index] ?? '')}`)
    const text = quoteText(join(order.folder, textFile))
    await connection.run(`copy (select * from ${source} limit ${textRows}) to ${text} (format csv, header true)`)
    return {
      labels,
      described: await copy(connection, order, `select ${selected.join(', ')} from ${source}`, 'table-0.parquet'),
    }
  })
  const { rowCount, sample, size } = described
  const columns = described.columns.map((column, index) => ({
    ...column,
    label: labels[index] ?? column.name,
    unit: null,
  }))
  const names = { title: stemOf(order.fileName), sheet: null, file: 'table-0.parquet' }
  const table = { ...names, rowCount, size, contentHash: await hashFile(order.path), columns, sample }
  return { textFile, tables: [table], warnings: describeUnknown(described.unknown) }
}

function describeUnknown(columns: readonly string[]): string[] {
  if (columns.length === 0) return []
  return [`Not all statistics of these columns could be made: ${columns.slice(0, 20).join(', ')}.`]
}

type Connection = Awaited<ReturnType<typeof openImportDatabase>>['connection']

async function withDatabase<T>(
  { folder, memoryMb }: ImportOrder,
  source: string | undefined,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const { connection, close } = await openImportDatabase(folder, memoryMb, source)
  try {
    return await work(connection)
  } finally {
    close()
  }
}

function writeParquet(order: ImportOrder, select: string, file: string, source: string | undefined) {
  return withDatabase(order, source, (connection) => copy(connection, order, select, file))
}

async function copy(connection: Connection, { folder }: ImportOrder, select: string, file: string) {
  const path = join(folder, file)
  await connection.run(`copy (${select}) to ${quoteText(path)} (format parquet, compression zstd)`)
  return { ...(await describeColumns(connection, path)), size: (await stat(path)).size }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const bytes of createReadStream(path)) hash.update(bytes)
  return hash.digest('hex')
}
