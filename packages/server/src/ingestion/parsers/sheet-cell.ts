import { childrenOf, findElement, parseXml, type XmlElement } from './parse-xml.ts'

type NumberStyle = 'plain' | 'date' | 'percent'

export interface CellStyles {
  /** By the cell's style number. */
  readonly numbers: readonly NumberStyle[]
  /** Workbooks from old Macintoshes count days from 1904. */
  readonly firstDay: number
}

/** 1 January 1970 in days since 30 December 1899, and since 1 January 1904. */
const epoch1900 = 25_569
const epoch1904 = 24_107
const dayMs = 86_400_000

export async function readCellStyles(part: Uint8Array | undefined, date1904: string | undefined): Promise<CellStyles> {
  const firstDay = date1904 === '1' || date1904 === 'true' ? epoch1904 : epoch1900
  if (part === undefined) return { numbers: [], firstDay }
  const sheet = findElement(await parseXml(part), 'styleSheet')
  const formats = new Map(
    childrenOf(findElement(sheet, 'numFmts'), 'numFmt').map((format) => [
      Number(format.attributes['numFmtId']),
      format.attributes['formatCode'] ?? '',
    ]),
  )
  const styleOf = (cell: XmlElement): NumberStyle => {
    const id = Number(cell.attributes['numFmtId'] ?? 0)
    const code = formats.get(id)
    return code === undefined ? builtInStyle(id) : styleOfCode(code)
  }
  return { numbers: childrenOf(findElement(sheet, 'cellXfs'), 'xf').map(styleOf), firstDay }
}

/** ECMA-376 part 1, 18.8.30; 27 to 36 and 50 to 58 are dates in East Asian versions. */
function builtInStyle(id: number): NumberStyle {
  if (id === 9 || id === 10) return 'percent'
  return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58)
    ? 'date'
    : 'plain'
}

function styleOfCode(code: string): NumberStyle {
  const bare = code.replace(/"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '')
  if (/[ymdhs]/i.test(bare.replace(/general/gi, ''))) return 'date'
  return bare.includes('%') ? 'percent' : 'plain'
}

/** What the spreadsheet would show, with dates as ISO 8601. Errors such as #REF! show nothing. */
export function describeCell(type: string, style: number, value: string, styles: CellStyles): string {
  if (type === 'e' || value === '') return ''
  if (type === 'b') return value === '1' || value === 'true' ? 'TRUE' : 'FALSE'
  if (type !== 'n') return value
  const number = Number(value)
  if (Number.isNaN(number)) return value
  const kind = styles.numbers[style] ?? 'plain'
  if (kind === 'date') return describeDate(number, styles.firstDay) ?? value
  // Binary fractions: 0.1 + 0.2 is stored as 0.30000000000000004.
  return kind === 'percent' ? `${Number((number * 100).toPrecision(12))}%` : String(Number(number.toPrecision(15)))
}

function describeDate(days: number, firstDay: number): string | undefined {
  // Whole seconds: the fraction of a day is not exact.
  const time = new Date(Math.round((days - firstDay) * (dayMs / 1000)) * 1000)
  if (Number.isNaN(time.getTime()) || days < 0) return undefined
  const [date, clock] = time.toISOString().slice(0, 19).split('T')
  if (days < 1) return clock
  return clock === '00:00:00' ? date : `${date} ${clock}`
}
