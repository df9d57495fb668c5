import { collapseSpaces } from './clean-text.ts'
import { type HtmlElement, type HtmlNode, isElement } from './html-node.ts'
import { clearlyHasHeader, describeRow } from './table-rows.ts'

interface Cell {
  readonly text: string
  readonly isHeader: boolean
}

const maxColumns = 200

/** One line for each row of a table of data; nothing for a table that only arranges a page. */
export function describeTable(table: HtmlElement, textOf: (cell: HtmlNode) => string): string[] | undefined {
  if (isLayout(table)) return undefined
  const rows = readRows(table, textOf)
  const [first, ...rest] = rows
  if (first === undefined) return []
  const hasHeader =
    rest.length > 0 &&
    first.length > 1 &&
    (first.every((cell) => cell.isHeader || cell.text === '') ||
      clearlyHasHeader(rows.map((row) => row.map((cell) => cell.text))))
  if (!hasHeader) return rows.map(describeCells)
  const header = first.map((cell) => cell.text)
  return [describeRow(null, header), ...rest.map((row) => describeRow(header, withoutRepeats(row)))]
}

/** A row with a name at its left reads `name: value; value`. */
function describeCells(row: readonly Cell[]): string {
  const [first, ...rest] = withoutRepeats(row)
  const names = row.filter((cell) => cell.isHeader).length
  if (names === 1 && row[0]?.isHeader === true && rest.some((cell) => cell !== '')) {
    return `${first}: ${rest.filter((cell) => cell !== '').join('; ')}`
  }
  return describeRow(null, [first ?? '', ...rest])
}

/** A cell over several columns says its text once. */
function withoutRepeats(row: readonly Cell[]): string[] {
  return row.map((cell, column) => (column > 0 && row[column - 1] === cell ? '' : cell.text))
}

function isLayout(table: HtmlElement): boolean {
  const role = table.getAttribute('role')
  return (
    role === 'presentation' ||
    role === 'none' ||
    table.querySelector('table, h1, h2, h3, h4, article, section, form') !== null
  )
}

function readRows(table: HtmlElement, textOf: (cell: HtmlNode) => string): Cell[][] {
  const rows: Cell[][] = []
  let spans: { cell: Cell; rows: number }[] = []
  for (const tr of table.querySelectorAll('tr')) {
    const row: Cell[] = []
    const next: typeof spans = []
    const fillSpans = () => {
      for (let span = spans[row.length]; span !== undefined && span.rows > 0; span = spans[row.length]) {
        next[row.length] = { cell: span.cell, rows: span.rows - 1 }
        row.push(span.cell)
      }
    }
    for (const node of tr.childNodes) {
      if (!isElement(node) || (node.localName !== 'td' && node.localName !== 'th')) continue
      fillSpans()
      const cell = { text: collapseSpaces(textOf(node)), isHeader: node.localName === 'th' }
      const rowsBelow = spanOf(node, 'rowspan') - 1
      for (let i = spanOf(node, 'colspan'); i > 0 && row.length < maxColumns; i--) {
        next[row.length] = { cell, rows: rowsBelow }
        row.push(cell)
      }
    }
    fillSpans()
    spans = next
    if (row.some((cell) => cell.text !== '')) rows.push(row)
  }
  return rows
}

function spanOf(cell: HtmlElement, name: string): number {
  const span = Number.parseInt(cell.getAttribute(name) ?? '1', 10)
  return span >= 1 && span <= 1000 ? span : 1
}
