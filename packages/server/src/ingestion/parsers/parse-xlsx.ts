import { collapseSpaces, shortTitle } from './clean-text.ts'
import { DocumentBuilder } from './document-builder.ts'
import { readRelationships, readTitle, requireXmlPart } from './office-parts.ts'
import { attributeOf, childrenOf, findElement, relationOf } from './parse-xml.ts'
import type { ParsedDocument } from './parsed-document.ts'
import { unzip } from './read-zip.ts'
import { type CellStyles, readCellStyles } from './sheet-cell.ts'
import { readSharedStrings, readSheetRows, type SheetRow } from './sheet-rows.ts'
import { describeRow, looksLikeHeader } from './table-rows.ts'

const workbookName = 'xl/workbook.xml'
/** Titles and remarks may stand above the header, but not more rows of them than this. */
const rowsBeforeHeader = 20

/** Sheets in order, each row as `header: value` with the number a spreadsheet shows for it. */
export async function parseXlsx(bytes: Uint8Array): Promise<ParsedDocument> {
  const parts = unzip(bytes, (name) =>
    /^(?:xl\/(?:[^/]*|worksheets\/[^/]*|_rels\/[^/]*)|docProps\/core)\.(?:xml|rels)$/i.test(name),
  )
  const workbook = findElement(await requireXmlPart(parts, workbookName), 'workbook')
  const relationships = await readRelationships(parts, workbookName)
  const partOf = (type: string) => [...relationships.values()].find((part) => part.type === type)?.target ?? ''
  const sharedStrings = await readSharedStrings(parts.get(partOf('sharedStrings')))
  const styles = await readCellStyles(
    parts.get(partOf('styles')),
    attributeOf(findElement(workbook, 'workbookPr'), 'date1904'),
  )
  const builder = new DocumentBuilder()
  for (const sheet of childrenOf(findElement(workbook, 'sheets'), 'sheet')) {
    const name = collapseSpaces(attributeOf(sheet, 'name') ?? '')
    const part = parts.get(relationships.get(relationOf(sheet) ?? '')?.target ?? '')
    if ((attributeOf(sheet, 'state') ?? 'visible') !== 'visible')
      builder.warnings.push(`The hidden sheet “${name}” was left out.`)
    else if (part !== undefined) await addSheet(builder, name, part, sharedStrings, styles)
  }
  builder.title = shortTitle(await readTitle(parts)) ?? builder.title
  return builder.build()
}

async function addSheet(
  builder: DocumentBuilder,
  name: string,
  part: Uint8Array,
  sharedStrings: readonly string[],
  styles: CellStyles,
): Promise<void> {
  builder.restartHeadings([name])
  builder.sheet = name
  const first: SheetRow[] = []
  let header: readonly string[] | null | undefined
  const add = ({ number, cells }: SheetRow, names: readonly string[] | null) => {
    builder.addBlock('table-row', describeRow(names, cells), { row: number })
  }
  const settle = () => {
    const headerRow = findHeader(first)
    header = headerRow?.cells ?? null
    for (const row of first) add(row, headerRow !== undefined && row.number > headerRow.number ? headerRow.cells : null)
  }
  await readSheetRows(part, sharedStrings, styles, (row) => {
    if (header !== undefined) add(row, header)
    else if (first.push(row) > rowsBeforeHeader) settle()
  })
  if (header === undefined) settle()
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
