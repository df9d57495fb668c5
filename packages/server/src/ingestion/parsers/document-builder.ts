import { cleanText, collapseSpaces } from './clean-text.ts'
import { ParseFailure } from './parse-failure.ts'
import { areNeighbours, type Block, type BlockKind, type ParsedDocument } from './parsed-document.ts'

/** UTF-16 units. A novel has about a million; past this a file is data, not something to read. */
export const maxTextLength = 50_000_000
/** Longer headings are paragraphs that somebody made large. */
const maxHeadingLength = 300

interface Heading {
  readonly level: number
  readonly text: string
}

export interface BlockOptions {
  readonly row?: number
  /** Goes on where the block before stopped, in the same sentence: on the next page, say. */
  readonly continues?: boolean
}

/** Lays blocks into one canonical text and keeps the heading path. */
export class DocumentBuilder {
  readonly warnings: string[] = []
  title: string | null = null
  page: number | null = null
  sheet: string | null = null
  #parts: string[] = []
  #length = 0
  #blocks: Block[] = []
  #headings: Heading[] = []

  /** Forgets the headings so far: a new sheet, chapter or slide begins. */
  restartHeadings(path: readonly string[] = []): void {
    this.#headings = path.map((text) => ({ level: 0, text }))
  }

  addHeading(level: number, raw: string): void {
    const text = collapseSpaces(raw)
    if (text === '') return
    if (text.length > maxHeadingLength) {
      this.addBlock('paragraph', text)
      return
    }
    this.openSection(level, text)
    this.addBlock('heading', text)
    this.title ??= level <= 1 ? text : null
  }

  /** A heading of the path that has no line of its own in the text. */
  openSection(level: number, text: string): void {
    this.#headings = [...this.#headings.filter((heading) => heading.level < level), { level, text }]
  }

  /** What comes now stands no longer under headings of this level or deeper. */
  endSection(level: number): void {
    this.#headings = this.#headings.filter((heading) => heading.level < level)
  }

  addBlock(kind: BlockKind, raw: string, options: BlockOptions = {}): void {
    const text = cleanText(raw).trim()
    if (text === '') return
    const last = this.#blocks.at(-1)
    const start = this.#append(text, this.#separator(last, kind, options.continues === true))
    this.#blocks.push(this.#block(kind, start, start + text.length, options.row ?? null))
  }

  /** A text that is already canonical, such as a Markdown cell or an attachment, with blocks whose ranges are within it. */
  addDocument(document: Pick<ParsedDocument, 'text' | 'blocks'>, above: readonly string[] = []): void {
    if (document.blocks.length === 0) return
    const offset = this.#append(document.text, this.#length === 0 ? '' : '\n\n')
    for (const block of document.blocks) {
      this.#blocks.push({
        ...block,
        start: block.start + offset,
        end: block.end + offset,
        page: block.page ?? this.page,
        sheet: block.sheet ?? this.sheet,
        headingPath: [...above, ...block.headingPath],
      })
    }
  }

  build(): ParsedDocument {
    return { text: this.#parts.join(''), blocks: this.#blocks, title: this.title, warnings: this.warnings }
  }

  get length(): number {
    return this.#length
  }

  #separator(last: Block | undefined, kind: BlockKind, continues: boolean): string {
    if (last === undefined) return ''
    if (continues && last.kind === kind) return ' '
    return areNeighbours(last.kind, kind) && last.sheet === this.sheet && last.page === this.page ? '\n' : '\n\n'
  }

  #append(text: string, separator: string): number {
    const start = this.#length + separator.length
    this.#length = start + text.length
    if (this.#length > maxTextLength) throw tooLong()
    this.#parts.push(separator, text)
    return start
  }

  #block(kind: BlockKind, start: number, end: number, row: number | null): Block {
    const headingPath = this.#headings.map((heading) => heading.text)
    return { kind, start, end, page: this.page, sheet: this.sheet, row, headingPath }
  }
}

export function tooLong(): ParseFailure {
  return new ParseFailure(
    'too_large',
    `The file holds more than ${maxTextLength / 1_000_000} million characters of text.`,
  )
}
