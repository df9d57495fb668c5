import { collapseSpaces, shortTitle } from './clean-text.ts'
import { DocumentBuilder } from './document-builder.ts'
import { readRelationships, readTitle, requireXmlPart } from './office-parts.ts'
import { attributeOf, childrenOf, findElement, relationOf } from './parse-xml.ts'
import type { ParsedDocument } from './parsed-document.ts'
import { unzip } from './read-zip.ts'
import { SheetBlocks } from './sheet-blocks.ts'
import { type CellStyles, readCellStyles } from './sheet-cell.ts'
import { readSharedStrings, readSheetRows } from './sheet-rows.ts'

const workbookName = 'xl/workbook.xml'
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
  const blocks = new SheetBlocks(builder, name)
  await readSheetRows(part, sharedStrings, styles, (row) => blocks.add(row))
  blocks.end()
}
