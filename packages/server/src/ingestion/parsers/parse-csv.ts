import { collapseSpaces } from './clean-text.ts'
import { DocumentBuilder } from './document-builder.ts'
import { ParseFailure } from './parse-failure.ts'
import type { ParsedDocument } from './parsed-document.ts'
import { describeRow, looksLikeHeader } from './table-rows.ts'

const delimiters = [',', ';', '\t', '|'] as const

/** Rows that are read as text; all of them can be asked as a table. */
const maxTextRows = 20_000
/** Enough for those rows in most files; of a larger one the rest is not even decoded. */
export const maxCsvBytes = 16_000_000

/**
 * Rows as `header: value`, numbered as a spreadsheet shows them. Of a large table only the first rows: a million rows
 * as sentences would crowd out everything else that is searched.
 */
export async function parseCsv(text: string, { isCut = false } = {}): Promise<ParsedDocument> {
  const { parse } = await import('csv-parse/sync')
  const builder = new DocumentBuilder()
  let header: string[] | null | undefined
  let row = 0
  const addRow = (record: readonly string[]) => {
    row++
    if (row > maxTextRows + 1) return
    const cells = record.map(collapseSpaces)
    if (cells.every((cell) => cell === '')) return
    if (header === undefined) {
      header = looksLikeHeader(cells) ? cells : null
      builder.addBlock('table-row', describeRow(null, cells), { row })
    } else builder.addBlock('table-row', describeRow(header, cells), { row })
  }
  const finish = () => {
    if (isCut || row > maxTextRows + 1) builder.warnings.push(partialSentence(Math.min(row, maxTextRows + 1)))
    return builder.build()
  }
  try {
    parse(text, {
      bom: true,
      delimiter: findDelimiter(text),
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: false,
      to: maxTextRows + 2,
      // Rows are handed on one by one, so that no second table is held.
      on_record: (record: string[]) => {
        addRow(record)
        return null
      },
    })
  } catch (error) {
    if (error instanceof ParseFailure) throw error
    // The last row of what was decoded may end within its quotes.
    if (isCut && row > 0) return finish()
    const reason = error instanceof Error ? error.message : String(error)
    throw new ParseFailure('damaged', `The table cannot be read after row ${row}: ${reason}.`, { cause: error })
  }
  return finish()
}

function partialSentence(rows: number): string {
  return `Only the first ${rows} rows are searched as text; questions about the whole table are answered from all its rows.`
}

/** The one that cuts the most of the first lines into the same number of cells. */
export function findDelimiter(text: string): string {
  const lines = text
    .slice(0, 100_000)
    .split(/\r\n?|\n/)
    .slice(0, 50)
    .map(withoutQuoted)
  const filled = lines.filter((line) => line.trim() !== '')
  const scores = delimiters.map((delimiter) => {
    const counts = filled.map((line) => line.split(delimiter).length - 1)
    const usual = mostFrequent(counts.filter((count) => count > 0))
    const agreeing = counts.filter((count) => count === usual).length
    return { delimiter, score: usual === 0 ? 0 : agreeing + Math.min(usual, 20) / 100 }
  })
  return scores.reduce((best, next) => (next.score > best.score ? next : best)).delimiter
}

function withoutQuoted(line: string): string {
  return line.replace(/"(?:[^"]|"")*"/g, '')
}

function mostFrequent(counts: readonly number[]): number {
  const seen = new Map<number, number>()
  for (const count of counts) seen.set(count, (seen.get(count) ?? 0) + 1)
  return [...seen].reduce((best, next) => (next[1] > best[1] ? next : best), [0, 0])[0]
}
