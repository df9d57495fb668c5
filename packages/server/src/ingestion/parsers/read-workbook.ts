import { collapseSpaces } from './clean-text.ts'
import { readRelationships, requireXmlPart } from './office-parts.ts'
import { attributeOf, childrenOf, findElement, relationOf } from './parse-xml.ts'
import { unzip } from './read-zip.ts'
import { readCellStyles } from './sheet-cell.ts'
import { readSharedStrings, readSheetRows, type SheetRow } from './sheet-rows.ts'

export interface Workbook {
  /** Of the archive, by name. */
  readonly parts: ReadonlyMap<string, Uint8Array>
  readonly sheets: readonly Sheet[]
}

export interface Sheet {
  readonly name: string
  readonly isHidden: boolean
  /** Calls back for each row that holds something. */
  readRows(onRow: (row: SheetRow) => void): Promise<void>
}

const workbookName = 'xl/workbook.xml'

/** The sheets of an Excel workbook in their order; a sheet's rows are read when they are asked for. */
export async function readWorkbook(bytes: Uint8Array): Promise<Workbook> {
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
  const sheets = childrenOf(findElement(workbook, 'sheets'), 'sheet').flatMap((sheet): Sheet[] => {
    const name = collapseSpaces(attributeOf(sheet, 'name') ?? '')
    const isHidden = (attributeOf(sheet, 'state') ?? 'visible') !== 'visible'
    const part = parts.get(relationships.get(relationOf(sheet) ?? '')?.target ?? '')
    if (part === undefined && !isHidden) return []
    const readRows: Sheet['readRows'] = (onRow) =>
      part === undefined ? Promise.resolve() : readSheetRows(part, sharedStrings, styles, onRow)
    return [{ name, isHidden, readRows }]
  })
  return { parts, sheets }
}
