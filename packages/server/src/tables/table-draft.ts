import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { ColumnKind, findLocale, type SettledKind } from './column-kind.ts'
import { findStart, rowsBeforeTable } from './find-header.ts'
import { ImportFailure } from './import-order.ts'

export const maxColumns = 1_000
/** As many as a spreadsheet's cell holds. */
const maxCellCharacters = 32_767
export const maxLineCharacters = 4_000_000
const flushCharacters = 262_144

export interface DraftColumn {
  /** Its place in the file's rows. */
  readonly index: number
  readonly label: string
  readonly settled: SettledKind
  /** Values that were not empty; the other reading of the column must find as many. */
  readonly count: number
}

export interface FinishedDraft {
  readonly columns: readonly DraftColumn[]
  /** Columns of the file that was written. */
  readonly width: number
  readonly rowCount: number
  readonly contentHash: string
  /** Some rows have fewer cells than there are columns. */
  readonly isRagged: boolean
  readonly warnings: readonly string[]
}

/**
 * Takes rows of words one by one, writes them to a plain CSV file (UTF-8, no header, commas, one line a row) and learns
 * on the way what each column holds. Memory does not grow with the rows.
 */
export class TableDraft {
  readonly #file: WriteStream
  readonly #kinds: ColumnKind[] = []
  readonly #hash = createHash('sha256')
  readonly #warnings: string[] = []
  #first: string[][] | undefined = []
  #labels: readonly string[] = []
  #text = ''
  #rowCount = 0
  #isRagged = false
  #cutCells = 0

  constructor(path: string) {
    this.#file = createWriteStream(path, { mode: 0o600 })
  }

  add(cells: readonly string[]): void {
    const row = cells.map((cell) => clean(cell))
    while (row.at(-1) === '') row.pop()
    if (row.length === 0) return
    if (row.length > maxColumns)
      throw new ImportFailure(`It has more than ${maxColumns} columns, which is no table to ask.`)
    if (this.#first === undefined) this.#write(row)
    else if (this.#first.push(row) > rowsBeforeTable) this.#settleStart()
  }

  /** To be called now and then: waits for the disk when it is behind. */
  async flush(isLast = false): Promise<void> {
    if (this.#text.length < flushCharacters && !isLast) return
    const text = this.#text
    this.#text = ''
    this.#hash.update(text)
    if (!this.#file.write(text)) await once(this.#file, 'drain')
  }

  /** `undefined` when there are no rows. */
  async finish(delimiter: string): Promise<FinishedDraft | undefined> {
    if (this.#first !== undefined) this.#settleStart()
    await this.flush(true)
    this.#file.end()
    await once(this.#file, 'close')
    if (this.#rowCount === 0) return undefined
    const locale = findLocale(this.#kinds, delimiter)
    const columns = this.#kinds
      .map((kind, index) => ({
        index,
        label: this.#labels[index] ?? '',
        settled: kind.settle(locale),
        count: kind.count - (kind.settle(locale).kind === 'words' ? 0 : kind.emptyWords),
      }))
      // A sheet may begin further right; a column with a name is one even when nothing stands in it.
      .filter(({ label, count }) => label !== '' || count > 0)
    for (const { label, settled } of columns) {
      if (settled.isUnclear) {
        this.#warnings.push(`Column “${label}”: day and month cannot be told apart, so its dates are kept as text.`)
      }
    }
    if (this.#cutCells > 0) {
      this.#warnings.push(`${this.#cutCells} cells were cut after ${maxCellCharacters} characters.`)
    }
    this.#hash.update(JSON.stringify(columns))
    return {
      columns,
      width: this.#kinds.length,
      rowCount: this.#rowCount,
      contentHash: this.#hash.digest('hex'),
      isRagged: this.#isRagged,
      warnings: this.#warnings,
    }
  }

  /** When it was not finished. */
  close(): void {
    this.#file.destroy()
  }

  #settleStart(): void {
    const rows = this.#first ?? []
    this.#first = undefined
    const { header, first } = findStart(rows)
    this.#labels = header === undefined ? [] : (rows[header] ?? [])
    this.#widen(Math.max(this.#labels.length, ...rows.slice(first).map((row) => row.length)))
    for (const row of rows.slice(first)) this.#write(row)
  }

  #widen(width: number): void {
    while (this.#kinds.length < width) this.#kinds.push(new ColumnKind())
  }

  #write(row: readonly string[]): void {
    if (row.length > this.#kinds.length) {
      this.#isRagged = true
      this.#widen(row.length)
    }
    let line = ''
    for (const [index, kind] of this.#kinds.entries()) {
      const cell = row[index] ?? ''
      if (index > 0) line += ','
      if (cell === '') continue
      kind.add(cell)
      line += this.#quote(cell)
    }
    if (line.length > maxLineCharacters) throw new ImportFailure('It has a row that is too long to be one.')
    this.#text += `${line}\n`
    this.#rowCount += 1
  }

  #quote(cell: string): string {
    let text = cell
    if (text.length > maxCellCharacters) {
      this.#cutCells += 1
      text = text.slice(0, maxCellCharacters).toWellFormed()
    }
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
}

function clean(cell: string): string {
  const text = cell.trim()
  return /[\0\uD800-\uDFFF]/.test(text) ? text.replaceAll('\0', '\uFFFD').toWellFormed() : text
}
