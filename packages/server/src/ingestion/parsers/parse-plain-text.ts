import { cleanText } from './clean-text.ts'
import type { Block, BlockKind, ParsedDocument } from './parsed-document.ts'

/** Text as it is: what empty lines separate is a block. A block also ends before each of `cuts`, which begin lines. */
export function parsePlainText(
  raw: string,
  kind: BlockKind = 'paragraph',
  cuts: readonly number[] = [],
): ParsedDocument {
  const text = cleanText(raw)
  const blocks: Block[] = []
  const add = (start: number, end: number) => {
    const body = text.slice(start, end).trimEnd()
    if (body.trim() === '') return
    blocks.push({ kind, start, end: start + body.length, page: null, sheet: null, row: null, headingPath: [] })
  }
  let next = 0
  // A run of lines that hold something; leading spaces of the first belong to it, which matters for code.
  for (const match of text.matchAll(/^[^\S\n]*\S.*(?:\n[^\S\n]*\S.*)*/gm)) {
    let start = match.index
    const end = start + match[0].length
    for (let cut = cuts[next]; cut !== undefined && cut < end; cut = cuts[++next]) {
      if (cut > start) add(start, cut)
      start = Math.max(start, cut)
    }
    add(start, end)
  }
  return { text, blocks, title: null, warnings: [] }
}
