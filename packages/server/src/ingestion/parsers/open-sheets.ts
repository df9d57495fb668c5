import { collapseSpaces } from './clean-text.ts'
import type { DocumentBuilder } from './document-builder.ts'
import { rowsOf } from './open-text.ts'
import { attributeOf, childrenOf, textOf, type XmlElement } from './parse-xml.ts'
import { addSheetRows } from './sheet-blocks.ts'
import { maxColumns, type SheetRow } from './sheet-rows.ts'

/** Rows that say the same are stored once with a number; a million equal ones are a formatted column, not data. */
const maxRepeats = 1_000

/** Sheets in order, each row with the number a spreadsheet shows for it; hidden ones are named and left out. */
export function addOpenSheets(
  builder: DocumentBuilder,
  spreadsheet: XmlElement,
  hiddenStyles: ReadonlySet<string>,
): void {
  for (const sheet of childrenOf(spreadsheet, 'table')) {
    const name = collapseSpaces(attributeOf(sheet, 'name') ?? '')
    if (hiddenStyles.has(attributeOf(sheet, 'style-name') ?? '')) {
      builder.warnings.push(`The hidden sheet “${name}” was left out.`)
    } else addSheetRows(builder, name, readRows(sheet))
  }
}

function* readRows(sheet: XmlElement): Generator<SheetRow> {
  let number = 1
  for (const row of rowsOf(sheet)) {
    const repeats = repeatsOf(row, 'number-rows-repeated')
    const cells = cellsOf(row)
    for (let i = 0; cells.length > 0 && i < Math.min(repeats, maxRepeats); i++) yield { number: number + i, cells }
    number += repeats
  }
}

function cellsOf(row: XmlElement): string[] {
  const cells: string[] = []
  let column = 0
  for (const cell of row.children) {
    if (typeof cell === 'string' || !/^(?:covered-)?table-cell$/.test(cell.name)) continue
    const text = describeCell(cell)
    const repeats = repeatsOf(cell, 'number-columns-repeated')
    for (let i = 0; text !== '' && i < repeats && column + i < maxColumns; i++) {
      while (cells.length < column + i) cells.push('')
      cells.push(text)
    }
    column += repeats
  }
  return cells
}

/** What is shown, but dates as ISO 8601 and numbers unrounded, as they are in other spreadsheets. */
function describeCell(cell: XmlElement): string {
  const type = attributeOf(cell, 'value-type')
  if (type === 'date') return (attributeOf(cell, 'date-value') ?? '').replace('T', ' ').replace(' 00:00:00', '')
  const value = attributeOf(cell, 'value')
  if (type === 'float' && value !== undefined) return String(Number(Number(value).toPrecision(15)))
  return collapseSpaces(
    childrenOf(cell, 'p')
      .map((paragraph) => textOf(paragraph))
      .join(' '),
  )
}

function repeatsOf(element: XmlElement, name: string): number {
  const count = Number(attributeOf(element, name) ?? 1)
  return Number.isInteger(count) && count > 0 ? count : 1
}
