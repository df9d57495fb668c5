import { collapseSpaces } from './clean-text.ts'
import type { DocumentBuilder } from './document-builder.ts'
import { attributeOf, childrenOf, type XmlElement } from './parse-xml.ts'
import type { BlockKind } from './parsed-document.ts'
import { describeRows } from './table-rows.ts'

/** Lists of contents and of changes, and what is drawn rather than written. */
const skipped = new Set(
  `tracked-changes table-of-content illustration-index table-index alphabetical-index bibliography forms sequence-decls
  annotation annotation-end page-thumbnail image object object-ole plugin desc title`.split(/\s+/),
)

/** Walks the body of an OpenDocument text, the shapes of a slide, or the content of a cell. */
export class OpenTextWalk {
  readonly #builder: DocumentBuilder
  readonly #kind: BlockKind
  /** Notes and text boxes come after the paragraph they are anchored in. */
  #after: { element: XmlElement; kind: BlockKind }[] = []

  constructor(builder: DocumentBuilder, kind: BlockKind = 'paragraph') {
    this.#builder = builder
    this.#kind = kind
  }

  addContent(element: XmlElement | undefined, kind: BlockKind = this.#kind): void {
    for (const child of element?.children ?? []) {
      if (typeof child === 'string' || skipped.has(child.name)) continue
      if (child.name === 'h') this.#addHeading(child)
      else if (child.name === 'p') this.#addParagraph(child, kind)
      else if (child.name === 'table') this.#addTable(child)
      else this.addContent(child, child.name === 'list-item' ? 'list-item' : kind)
    }
  }

  #addHeading(heading: XmlElement): void {
    this.#builder.addHeading(Number(attributeOf(heading, 'outline-level') ?? 1), this.#inlineText(heading))
    this.#addAnchored()
  }

  #addParagraph(paragraph: XmlElement, kind: BlockKind): void {
    const lines = this.#inlineText(paragraph).split('\n').map(collapseSpaces)
    this.#builder.addBlock(kind, lines.filter((line) => line !== '').join('\n'))
    this.#addAnchored()
  }

  #addAnchored(): void {
    const anchored = this.#after
    this.#after = []
    for (const { element, kind } of anchored) this.addContent(element, kind)
  }

  #addTable(table: XmlElement): void {
    const rows = [...rowsOf(table)].map((row) =>
      row.children.flatMap((cell) =>
        typeof cell !== 'string' && /cell$/.test(cell.name) ? [this.#cellText(cell)] : [],
      ),
    )
    for (const row of describeRows(rows)) this.#builder.addBlock('table-row', row)
    this.#addAnchored()
  }

  #cellText(cell: XmlElement): string {
    const parts = cell.children.map((child) => {
      if (typeof child === 'string' || skipped.has(child.name)) return ''
      return child.name === 'p' || child.name === 'h' ? this.#inlineText(child) : this.#cellText(child)
    })
    return collapseSpaces(parts.filter((part) => part.trim() !== '').join(' '))
  }

  #inlineText(element: XmlElement): string {
    return element.children.map((child) => this.#pieceOf(child)).join('')
  }

  #pieceOf(child: XmlElement | string): string {
    if (typeof child === 'string') return child.replace(/\s+/g, ' ')
    if (child.name === 's' || child.name === 'tab') return ' '
    if (child.name === 'line-break') return '\n'
    if (child.name === 'note') {
      for (const body of childrenOf(child, 'note-body')) this.#after.push({ element: body, kind: 'note' })
      return ''
    }
    if (child.name === 'frame' || child.name === 'custom-shape') {
      this.#after.push({ element: child, kind: this.#kind })
      return ''
    }
    return skipped.has(child.name) ? '' : this.#inlineText(child)
  }
}

/** Header rows and groups of rows stand in elements of their own. */
export function* rowsOf(table: XmlElement): Generator<XmlElement> {
  for (const child of table.children) {
    if (typeof child === 'string') continue
    if (child.name === 'table-row') yield child
    else if (/^table-(?:header-rows|rows|row-group)$/.test(child.name)) yield* rowsOf(child)
  }
}
