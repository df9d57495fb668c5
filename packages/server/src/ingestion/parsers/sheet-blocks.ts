import type { DocumentBuilder } from './document-builder.ts'
import type { SheetRow } from './sheet-rows.ts'
import { describeRow, looksLikeHeader } from './table-rows.ts'

/** Titles and remarks may stand above the header, but not more rows of them than this. */
const rowsBeforeHeader = 20

/** Lays a sheet into the builder, row by row, each as `header: value` once the header is known. */
export class SheetBlocks {
  readonly #builder: DocumentBuilder
  readonly #first: SheetRow[] = []
  #header: readonly string[] | null | undefined

  constructor(builder: DocumentBuilder, name: string) {
    builder.restartHeadings([name])
    builder.sheet = name
    this.#builder = builder
  }

  add(row: SheetRow): void {
    if (this.#header !== undefined) this.#addRow(row, this.#header)
    else if (this.#first.push(row) > rowsBeforeHeader) this.#settle()
  }

  end(): void {
    if (this.#header === undefined) this.#settle()
  }

  #settle(): void {
    const header = findHeader(this.#first)
    this.#header = header?.cells ?? null
    for (const row of this.#first) {
      this.#addRow(row, header !== undefined && row.number > header.number ? header.cells : null)
    }
  }

  #addRow({ number, cells }: SheetRow, header: readonly string[] | null): void {
    this.#builder.addBlock('table-row', describeRow(header, cells), { row: number })
  }
}

export function addSheetRows(builder: DocumentBuilder, name: string, rows: Iterable<SheetRow>): void {
  const blocks = new SheetBlocks(builder, name)
  for (const row of rows) blocks.add(row)
  blocks.end()
}

/** The first row of names that is at least half as wide as the widest row near it. */
function findHeader(rows: readonly SheetRow[]): SheetRow | undefined {
  const filled = (row: SheetRow) => row.cells.filter((cell) => cell !== '').length
  const widest = Math.max(0, ...rows.map(filled))
  const last = rows.at(-1)
  return rows.find(
    (row) =>
      row !== last &&
      filled(row) >= widest / 2 &&
      looksLikeHeader(row.cells.slice(row.cells.findIndex((cell) => cell !== ''))),
  )
}
