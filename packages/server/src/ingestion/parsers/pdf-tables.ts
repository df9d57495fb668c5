import { columnGap, type Line, type Piece, tidyWords } from './pdf-lines.ts'

interface Span {
  readonly left: number
  right: number
}

/** A smaller table may be anything set side by side. */
const leastRows = 3
const leastColumns = 3
/** Pages with more are drawings, which would take long to compare. */
const mostColumns = 100
/** In letter heights, from one row to the next. */
const widestStep = 3.5
/** Of the cells of a table. */
const leastFilled = 0.4

/**
 * Gives every row of a table all of its columns, `| B-07 | | 289`, which a row with empty cells does not show alone: its
 * neighbours do. What is not surely a table stays as it is.
 */
export function alignTables(lines: readonly Line[]): Line[] {
  if (lines.filter((line) => line.isTabular).length < leastRows - 1) return [...lines]
  return findRuns(lines).flatMap((run) => alignRun(run) ?? run)
}

/** Lines that may be rows of one table; any other stands alone. */
function findRuns(lines: readonly Line[]): Line[][] {
  const runs: Line[][] = []
  let run: Line[] = []
  for (const line of lines) {
    const [first] = run
    const isRow = line.pieces.length > 1 || (first !== undefined && line.left > first.left + line.size)
    if (!isRow || !isBelow(line, run.at(-1))) {
      run = []
      runs.push(run)
    }
    run.push(line)
    // What could not be a row ends the table above, and begins none.
    if (!isRow) run = []
  }
  return runs
}

function isBelow(line: Line, last: Line | undefined): boolean {
  if (last === undefined) return false
  const drop = last.y - line.y
  return drop > line.size * 0.5 && drop < line.size * widestStep
}

/** The lines with all their columns; undefined when they are no table. */
function alignRun(run: readonly Line[]): Line[] | undefined {
  const rows = run.filter((line) => line.pieces.length > 1)
  if (rows.length < leastRows || rows.filter((row) => row.isTabular).length < leastRows - 1) return undefined
  const columns = findColumns(rows)
  if (columns.length < leastColumns) return undefined
  const cells = rows.map((row) => cellsOf(row, columns))
  const filled = cells.flat().filter((cell) => cell.length > 0).length
  if (filled < rows.length * columns.length * leastFilled) return undefined
  // One row at least says how many there are, and no cell holds what stands apart.
  if (!cells.some((row) => row.every((cell) => cell.length > 0))) return undefined
  if (cells.some((row, index) => row.some((cell) => hasGutter(cell, rows[index]?.size ?? 0)))) return undefined
  return run.map((line) => {
    const row = cellsOf(line, columns)
    if (row.flat().length < line.pieces.length) return line
    const text = row.map((cell) => tidyWords(cell.map((piece) => piece.text).join(' '))).join(' | ')
    return {
      ...line,
      text: text
        .replace(/ {2,}/g, ' ')
        .replace(/[ |]+$/, '')
        .trimStart(),
      isTabular: true,
    }
  })
}

/** What the pieces of all rows leave free between them parts the columns, if it is wide enough in most rows. */
function findColumns(rows: readonly Line[]): Span[] {
  const spans: Span[] = []
  for (const { left, right } of rows.flatMap((row) => row.pieces).toSorted((a, b) => a.left - b.left)) {
    const last = spans.at(-1)
    if (last !== undefined && left <= last.right) last.right = Math.max(last.right, right)
    else spans.push({ left, right })
  }
  if (spans.length > mostColumns) return []
  const columns: Span[] = []
  for (const span of spans) {
    const last = columns.at(-1)
    if (last !== undefined && !isGutter(rows, last, span)) last.right = span.right
    else columns.push(span)
  }
  return columns
}

function isGutter(rows: readonly Line[], before: Span, after: Span): boolean {
  const gaps = rows.flatMap(({ pieces, size }) => {
    const [left, right] = [pieces.findLast((piece) => isIn(piece, before)), pieces.find((piece) => isIn(piece, after))]
    return left === undefined || right === undefined ? [] : [(right.left - left.right) / size]
  })
  return gaps.filter((gap) => gap > columnGap).length * 2 >= gaps.length
}

function cellsOf({ pieces }: Line, columns: readonly Span[]): Piece[][] {
  return columns.map((column) => pieces.filter((piece) => isIn(piece, column)))
}

function isIn(piece: Readonly<Piece>, column: Span): boolean {
  return piece.left >= column.left && piece.right <= column.right
}

function hasGutter(cell: readonly Piece[], size: number): boolean {
  return cell.some((piece, index) => piece.left - (cell[index - 1]?.right ?? piece.left) > size * columnGap)
}
