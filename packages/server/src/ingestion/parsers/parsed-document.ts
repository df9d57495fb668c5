export type BlockKind = 'heading' | 'paragraph' | 'list-item' | 'code' | 'table-row' | 'caption' | 'note'

/** A piece of the canonical text: `text.slice(start, end)`, in UTF-16 units, never overlapping another, in order. */
export interface Block {
  readonly kind: BlockKind
  readonly start: number
  readonly end: number
  /** 1, 2, 3 …: the page of a PDF, the slide of a presentation. */
  readonly page: number | null
  readonly sheet: string | null
  /** 1, 2, 3 …: the row of a sheet or CSV file, counting its header. */
  readonly row: number | null
  /** Headings above the block, outermost first; a heading's own path ends with itself. */
  readonly headingPath: readonly string[]
}

/** What every parser makes of a file: one canonical text, which is stored, and where its blocks are in it. */
export interface ParsedDocument {
  readonly text: string
  readonly blocks: readonly Block[]
  readonly title: string | null
  /** What was left out or guessed, one sentence each. */
  readonly warnings: readonly string[]
}

/** Blocks of the same list, table or code lie on neighbouring lines; others have an empty line between them. */
export function areNeighbours(previous: BlockKind, next: BlockKind): boolean {
  return previous === next && (next === 'list-item' || next === 'table-row')
}
