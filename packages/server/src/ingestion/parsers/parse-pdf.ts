import type { PDFDocumentProxy } from 'unpdf/pdfjs'
import { shortTitle } from './clean-text.ts'
import { DocumentBuilder } from './document-builder.ts'
import { ParseFailure } from './parse-failure.ts'
import type { ParsedDocument } from './parsed-document.ts'
import { isGarbled, withoutGarbledFonts } from './pdf-garbage.ts'
import { findRepeatedLines, isPageNumber, type Line, readLines, type TextItem } from './pdf-lines.ts'
import { orderLines } from './pdf-order.ts'
import { findHeadings, type OutlineEntry, readOutline } from './pdf-outline.ts'
import { collectWords, joinLines, joinParagraphs, measureType, type Paragraph } from './pdf-paragraphs.ts'
import { alignTables } from './pdf-tables.ts'

interface Page {
  readonly number: number
  readonly lines: readonly Line[]
}

/** Pages that give no text, or not all of it, each for its reason. */
interface Missing {
  readonly empty: number[]
  readonly garbled: number[]
  /** Gives text, but some of it is in a font that cannot be read. */
  readonly partly: number[]
  readonly broken: number[]
  readonly unread: number[]
}

/** Page by page; what has no text layer, or one that is not text, is named in the warnings. */
export async function parsePdf(bytes: Uint8Array, deadline = Number.POSITIVE_INFINITY): Promise<ParsedDocument> {
  const pdf = await openPdf(bytes)
  const builder = new DocumentBuilder()
  const pages: Page[] = []
  const missing: Missing = { empty: [], garbled: [], partly: [], broken: [], unread: [] }
  for (let number = 1; number <= pdf.numPages; number++) {
    if (Date.now() > deadline) {
      for (let rest = number; rest <= pdf.numPages; rest++) missing.unread.push(rest)
      break
    }
    const lines = await readPage(pdf, number)
    if (lines === undefined) missing.broken.push(number)
    else if (lines.length === 0) missing.empty.push(number)
    else {
      const readable = withoutGarbledFonts(lines)
      if (isGarbled(lines) || readable.length === 0) missing.garbled.push(number)
      else {
        pages.push({ number, lines: readable })
        if (readable.length < lines.length) missing.partly.push(number)
      }
    }
  }
  addWarnings(builder, missing)
  if (pages.length === 0) throw noText(missing, pdf.numPages)
  addPages(builder, pages, await readOutline(pdf))
  builder.title = (await titleOf(pdf)) ?? builder.title
  return builder.build()
}

async function openPdf(bytes: Uint8Array): Promise<PDFDocumentProxy> {
  const { getDocumentProxy } = await import('unpdf')
  try {
    // pdf.js takes the buffer over. Its warnings go to the console, which nobody reads.
    return await getDocumentProxy(ownedBytes(bytes), { verbosity: 0, stopAtErrors: false })
  } catch (error) {
    if (error instanceof Error && error.name === 'PasswordException') {
      throw new ParseFailure(
        'protected',
        'The PDF is protected with a password. Remove the password and upload it again.',
      )
    }
    throw new ParseFailure('damaged', 'The PDF is damaged or was cut off and cannot be opened.', { cause: error })
  }
}

/** Copied only when others share the memory, as small buffers do. */
function ownedBytes(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? new Uint8Array(bytes.buffer) : Uint8Array.from(bytes)
}

async function readPage(pdf: PDFDocumentProxy, number: number): Promise<Line[] | undefined> {
  try {
    const page = await pdf.getPage(number)
    const content = await page.getTextContent()
    const items = content.items.filter((item): item is typeof item & TextItem => 'str' in item)
    page.cleanup()
    return alignTables(orderLines(readLines(items)))
  } catch (error) {
    // pdf.js reports a page it cannot read with whatever its parser stumbled over.
    if (error instanceof RangeError) throw error
    return undefined
  }
}

/** With fewer bookmarks than this to a page, they are chapters, and the headings below them are guessed. */
const denseOutline = 0.2

function addPages(builder: DocumentBuilder, pages: readonly Page[], outline: readonly OutlineEntry[]): void {
  const isRepeated = findRepeatedLines(pages.map((page) => page.lines))
  const bare = pages.map(({ number, lines }) => ({
    number,
    lines: lines.filter((line) => !isRepeated(line, lines) && !isPageNumber(line, lines)),
  }))
  // Pages that are nothing but a line each, such as labels: what repeats is all there is.
  const kept = bare.every(({ lines }) => lines.length === 0) ? pages : bare
  const measured = measureType(kept.map((page) => page.lines))
  const outlineDepth = outline.length < 2 ? 0 : Math.max(...outline.map(({ level }) => level))
  const guesses = outlineDepth === 0 || outline.length < pages.length * denseOutline
  const type = { ...measured, guesses, outlineDepth, words: collectWords(kept.map((page) => page.lines)) }
  const paragraphs: (Paragraph & { page: number })[] = []
  for (const { number, lines } of kept) {
    const last = paragraphs.at(-1)
    const before = last?.kind === 'paragraph' ? last.text : ''
    const entries = outlineDepth === 0 ? [] : outline.filter(({ page }) => page === number)
    for (const paragraph of joinParagraphs(lines, type, before, findHeadings(lines, entries))) {
      paragraphs.push({ ...paragraph, page: number })
    }
  }
  for (const { kind, level, text, continues, page } of mendWords(paragraphs, type.words)) {
    builder.page = page
    if (kind === 'heading') builder.addHeading(level, text)
    else if (kind === 'section') builder.openSection(level, text)
    else builder.addBlock(kind, text, { continues })
  }
}

/** A word cut by a hyphen at the end of a column or page goes whole to where it ends. */
function mendWords<P extends Paragraph>(paragraphs: readonly P[], words: ReadonlyMap<string, number>): P[] {
  return paragraphs.map((paragraph, index) => {
    const tail = cutWord(paragraph, paragraphs[index + 1])
    const head = cutWord(paragraphs[index - 1], paragraph)
    const text = tail === '' ? paragraph.text : paragraph.text.slice(0, -tail.length)
    return { ...paragraph, text: joinLines([head, text], words) }
  })
}

function cutWord(before: Paragraph | undefined, after: Paragraph | undefined): string {
  return after?.continues === true ? (/\S*\p{L}[-\u2010]$/u.exec(before?.text ?? '')?.[0] ?? '') : ''
}

function addWarnings(builder: DocumentBuilder, { empty, garbled, partly, broken, unread }: Missing): void {
  if (empty.length > 0) builder.warnings.push(`No text layer on ${listPages(empty)}: scanned or empty.`)
  if (garbled.length > 0) builder.warnings.push(`The text of ${listPages(garbled)} cannot be decoded and was left out.`)
  if (partly.length > 0) builder.warnings.push(`Some text of ${listPages(partly)} cannot be decoded and was left out.`)
  if (broken.length > 0) builder.warnings.push(`${listPages(broken)} could not be read.`.replace(/^p/, 'P'))
  if (unread.length > 0) {
    builder.warnings.push(
      `Reading the file took too long: ${listPages(unread)} ${unread.length === 1 ? 'is' : 'are'} missing.`,
    )
  }
}

function noText(missing: Missing, pages: number): ParseFailure {
  if (missing.unread.length > 0) return new ParseFailure('time_out', 'Reading the file took too long and was stopped.')
  if (missing.broken.length > 0)
    return new ParseFailure('damaged', 'The PDF is damaged: none of its pages can be read.')
  return missing.garbled.length > 0
    ? new ParseFailure(
        'no_text',
        'The text of the PDF cannot be decoded: its fonts do not say which letters they draw.',
      )
    : new ParseFailure(
        'no_text',
        pages === 1
          ? 'The PDF has no text layer: its one page is a picture or empty. Run text recognition (OCR) on it first.'
          : `The PDF has no text layer: its ${pages} pages are pictures or empty. Run text recognition (OCR) on it first.`,
      )
}

/** `page 3`, `pages 1–4, 7`. */
function listPages(numbers: readonly number[]): string {
  const ranges: [number, number][] = []
  for (const number of numbers) {
    const last = ranges.at(-1)
    if (last !== undefined && last[1] === number - 1) last[1] = number
    else ranges.push([number, number])
  }
  const list = ranges.map(([first, last]) => (first === last ? String(first) : `${first}–${last}`)).join(', ')
  return `${numbers.length === 1 ? 'page' : 'pages'} ${list}`
}

async function titleOf(pdf: PDFDocumentProxy): Promise<string | null> {
  try {
    const { info } = await pdf.getMetadata()
    const title = 'Title' in info && typeof info.Title === 'string' ? shortTitle(info.Title) : null
    // Printer drivers put file names and "untitled" there.
    return title === null ||
      /^\(?(?:untitled|anonymous)|^microsoft word|\.(?:docx?|tex|dvi|indd|pdf|qxd|fm)$/i.test(title)
      ? null
      : title
  } catch (error) {
    // Damaged metadata is no reason to lose the text.
    if (error instanceof Error) return null
    throw error
  }
}
