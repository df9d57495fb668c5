import { shortTitle } from './clean-text.ts'
import { DocumentBuilder } from './document-builder.ts'
import { type Relationship, readRelationships, readTitle, readXmlPart, requireXmlPart } from './office-parts.ts'
import {
  attributeOf,
  childrenOf,
  descendantsOf,
  findElement,
  relationOf,
  textOf,
  type XmlElement,
} from './parse-xml.ts'
import type { ParsedDocument } from './parsed-document.ts'
import { describeChart } from './presentation-chart.ts'
import { unzip } from './read-zip.ts'
import { describeRow, looksLikeHeader } from './table-rows.ts'

const presentation = 'ppt/presentation.xml'
/** Placeholders that repeat on every slide. */
const repeated = new Set(['sldNum', 'dt', 'ftr', 'hdr', 'sldImg'])

/** Slides in the order they are shown, each a page: title, texts, tables, charts, descriptions of pictures, notes. */
export async function parsePptx(bytes: Uint8Array): Promise<ParsedDocument> {
  const parts = unzip(bytes, (name) => /^(?:ppt|docProps)\/.*\.(?:xml|rels)$/i.test(name))
  const slides = findElement(await requireXmlPart(parts, presentation), 'presentation', 'sldIdLst')
  const relationships = await readRelationships(parts, presentation)
  const builder = new DocumentBuilder()
  let number = 0
  for (const reference of childrenOf(slides, 'sldId')) {
    number++
    const target = relationships.get(relationOf(reference) ?? '')?.target ?? ''
    const slide = findElement(await readXmlPart(parts, target), 'sld', 'cSld', 'spTree')
    builder.restartHeadings()
    builder.page = number
    if (slide === undefined) builder.warnings.push(`Slide ${number} is missing from the file.`)
    else await new SlideWalk(builder, parts, await readRelationships(parts, target)).addSlide(slide)
  }
  builder.title = shortTitle(await readTitle(parts)) ?? builder.title
  return builder.build()
}

class SlideWalk {
  readonly #builder: DocumentBuilder
  readonly #parts: ReadonlyMap<string, Uint8Array>
  readonly #relationships: ReadonlyMap<string, Relationship>

  constructor(
    builder: DocumentBuilder,
    parts: ReadonlyMap<string, Uint8Array>,
    relationships: ReadonlyMap<string, Relationship>,
  ) {
    this.#builder = builder
    this.#parts = parts
    this.#relationships = relationships
  }

  async addSlide(tree: XmlElement): Promise<void> {
    for (const shape of descendantsOf(tree, 'sp')) {
      if (isTitle(shape)) this.#builder.addHeading(1, paragraphsOf(shape).join(' '))
    }
    await this.#addShapes(tree)
    await this.#addNotes()
  }

  async #addShapes(tree: XmlElement): Promise<void> {
    for (const shape of tree.children) {
      if (typeof shape === 'string') continue
      if (shape.name === 'sp') this.#addText(shape)
      else if (shape.name === 'grpSp') await this.#addShapes(shape)
      else if (shape.name === 'graphicFrame') await this.#addGraphic(shape)
      else if (shape.name === 'pic') this.#addPicture(shape)
      else if (shape.name === 'AlternateContent') {
        const [choice] = childrenOf(shape, 'Choice')
        if (choice !== undefined) await this.#addShapes(choice)
      }
    }
  }

  #addText(shape: XmlElement): void {
    if (isTitle(shape) || repeated.has(placeholderOf(shape) ?? '')) return
    const paragraphs = paragraphsOf(shape)
    for (const text of paragraphs) this.#builder.addBlock(paragraphs.length > 1 ? 'list-item' : 'paragraph', text)
  }

  async #addGraphic(frame: XmlElement): Promise<void> {
    const data = findElement(frame, 'graphic', 'graphicData')
    const table = findElement(data, 'tbl')
    if (table !== undefined) this.#addTable(table)
    const chart = await this.#relatedPart(findElement(data, 'chart'), 'id')
    if (chart !== undefined) {
      const { title, rows } = describeChart(chart)
      this.#builder.addBlock('caption', title)
      for (const row of rows) this.#builder.addBlock('table-row', row)
    }
    const diagram = await this.#relatedPart(findElement(data, 'relIds'), 'dm')
    if (diagram !== undefined) for (const text of paragraphsOf(diagram)) this.#builder.addBlock('list-item', text)
  }

  async #relatedPart(element: XmlElement | undefined, attribute: string): Promise<XmlElement | undefined> {
    const id = element === undefined ? undefined : relationOf(element, attribute)
    return id === undefined ? undefined : readXmlPart(this.#parts, this.#relationships.get(id)?.target ?? '')
  }

  #addTable(table: XmlElement): void {
    const rows = childrenOf(table, 'tr').map((row) => childrenOf(row, 'tc').map((cell) => paragraphsOf(cell).join(' ')))
    const [first, ...rest] = rows
    if (first === undefined) return
    const marked = ['1', 'true'].includes(attributeOf(findElement(table, 'tblPr'), 'firstRow') ?? '')
    const header = rest.length > 0 && marked && looksLikeHeader(first) ? first : null
    this.#builder.addBlock('table-row', describeRow(null, first))
    for (const row of rest) this.#builder.addBlock('table-row', describeRow(header, row))
  }

  #addPicture(picture: XmlElement): void {
    const description = attributeOf(findElement(picture, 'nvPicPr', 'cNvPr'), 'descr') ?? ''
    // Without words it is a file name.
    if (/\s/.test(description.trim())) this.#builder.addBlock('caption', description)
  }

  async #addNotes(): Promise<void> {
    for (const { type, target } of this.#relationships.values()) {
      if (type !== 'notesSlide') continue
      const notes = await readXmlPart(this.#parts, target)
      for (const shape of notes === undefined ? [] : descendantsOf(notes, 'sp')) {
        if (placeholderOf(shape) === 'body')
          for (const text of paragraphsOf(shape)) this.#builder.addBlock('note', text)
      }
    }
  }
}

function placeholderOf(shape: XmlElement): string | undefined {
  return attributeOf(findElement(shape, 'nvSpPr', 'nvPr', 'ph'), 'type')
}

function isTitle(shape: XmlElement): boolean {
  return ['title', 'ctrTitle'].includes(placeholderOf(shape) ?? '')
}

function paragraphsOf(element: XmlElement): string[] {
  return [...descendantsOf(element, 'p')].map(lineOf).filter((text) => text.trim() !== '')
}

function lineOf(paragraph: XmlElement): string {
  const pieces = paragraph.children.map((child) => {
    if (typeof child === 'string') return ''
    if (child.name === 'br') return '\n'
    return child.name === 'r' || child.name === 'fld'
      ? textOf(findElement(child, 't'))
      : child.name === 'm'
        ? textOf(child)
        : ''
  })
  return pieces.join('')
}
