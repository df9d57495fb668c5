import { cleanText } from './clean-text.ts'
import type { Block, BlockKind, ParsedDocument } from './parsed-document.ts'

/** Text as it is: what empty lines separate is a block. */
export function parsePlainText(raw: string, kind: BlockKind = 'paragraph'): ParsedDocument {
  const text = cleanText(raw)
  const blocks: Block[] = []
  // A run of lines that hold something; leading spaces of the first belong to it, which matters for code.
  for (const match of text.matchAll(/^[^\S\n]*\S.*(?:\n[^\S\n]*\S.*)*/gm)) {
    const start = match.index
    const end = start + match[0].trimEnd().length
    blocks.push({ kind, start, end, page: null, sheet: null, row: null, headingPath: [] })
  }
  return { text, blocks, title: null, warnings: [] }
}
