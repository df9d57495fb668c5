import { collapseSpaces } from './clean-text.ts'
import { readXml } from './parse-xml.ts'
import { type CellStyles, describeCell } from './sheet-cell.ts'

export interface SheetRow {
  /** As a spreadsheet numbers it, from 1. */
  readonly number: number
  /** By column; nothing after the last that is filled. */
  readonly cells: readonly string[]
}

/** Excel's own limit. */
export const maxColumns = 16_384

export async function readSharedStrings(part: Uint8Array | undefined): Promise<string[]> {
  const strings: string[] = []
  if (part === undefined) return strings
  let text = ''
  let inText = false
  // Pronunciations stand beside the text they belong to.
  let inPhonetic = false
  await readXml(part, {
    onOpen(name) {
      if (name === 'si') text = ''
      else if (name === 't') inText = true
      else if (name === 'rPh') inPhonetic = true
    },
    onClose(name) {
      if (name === 'si') strings.push(text)
      else if (name === 't') inText = false
      else if (name === 'rPh') inPhonetic = false
    },
    onText(piece) {
      if (inText && !inPhonetic) text += piece
    },
  })
  return strings
}

/** Calls back for each row that holds something. */
export async function readSheetRows(
  part: Uint8Array,
  sharedStrings: readonly string[],
  styles: CellStyles,
  onRow: (row: SheetRow) => void,
): Promise<void> {
  let number = 0
  let column = -1
  let cells: string[] = []
  let cell = { type: 'n', style: 0 }
  let value = ''
  let inValue = false
  await readXml(part, {
    onOpen(name, attributes) {
      if (name === 'row') {
        number = Number(attributes['r'] ?? number + 1)
        column = -1
        cells = []
      } else if (name === 'c') {
        column = attributes['r'] === undefined ? column + 1 : columnOf(attributes['r'])
        cell = { type: attributes['t'] ?? 'n', style: Number(attributes['s'] ?? 0) }
        value = ''
      } else if (name === 'v' || name === 't') inValue = true
    },
    onClose(name) {
      if (name === 'v' || name === 't') inValue = false
      else if (name === 'c') {
        const text =
          cell.type === 's' ? (sharedStrings[Number(value)] ?? '') : describeCell(cell.type, cell.style, value, styles)
        const shown = collapseSpaces(text)
        if (shown === '' || column < 0 || column >= maxColumns) return
        while (cells.length < column) cells.push('')
        cells[column] = shown
      } else if (name === 'row' && cells.length > 0) onRow({ number, cells })
    },
    onText(piece) {
      if (inValue) value += piece
    },
  })
}

/** `AB12` is column 27. */
function columnOf(reference: string): number {
  let column = 0
  for (const letter of /^[A-Z]{1,3}/.exec(reference)?.[0] ?? '') column = column * 26 + letter.charCodeAt(0) - 64
  return column - 1
}
