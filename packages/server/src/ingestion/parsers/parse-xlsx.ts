import { shortTitle } from './clean-text.ts'
import { DocumentBuilder } from './document-builder.ts'
import { readTitle } from './office-parts.ts'
import type { ParsedDocument } from './parsed-document.ts'
import { readWorkbook } from './read-workbook.ts'
import { SheetBlocks } from './sheet-blocks.ts'

/** Sheets in order, each row as `header: value` with the number a spreadsheet shows for it. */
export async function parseXlsx(bytes: Uint8Array): Promise<ParsedDocument> {
  const { parts, sheets } = await readWorkbook(bytes)
  const builder = new DocumentBuilder()
  for (const { name, isHidden, readRows } of sheets) {
    if (isHidden) {
      builder.warnings.push(`The hidden sheet “${name}” was left out.`)
      continue
    }
    const blocks = new SheetBlocks(builder, name)
    await readRows((row) => blocks.add(row))
    blocks.end()
  }
  builder.title = shortTitle(await readTitle(parts)) ?? builder.title
  return builder.build()
}
