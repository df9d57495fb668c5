import { collapseSpaces, shortTitle } from './clean-text.ts'
import { DocumentBuilder } from './document-builder.ts'
import { parseXml, textOf, type XmlElement } from './parse-xml.ts'
import type { ParsedDocument } from './parsed-document.ts'

/** Children that name the element they stand in. */
const titles = new Set(['title', 'head', 'name', 'heading', 'caption'])
/** Elements whose text needs no name in front. */
const prose = new Set(['p', 'para', 'simpara', 'seg', 'l', 'ab', 'text'])
const maxRowLength = 1_000

/**
 * Any XML: an element whose children hold only text is a row of `name: value`, one that mixes text and elements is a
 * paragraph, any other a section named by its title. So feeds, records and DocBook or TEI texts read as what they are.
 */
export async function parseXmlDocument(xml: string): Promise<ParsedDocument> {
  const root = await parseXml(xml)
  const builder = new DocumentBuilder()
  const walk = new XmlWalk(builder)
  for (const element of elementsOf(root)) {
    builder.title = shortTitle(textOf(elementsOf(element).find(({ name }) => titles.has(name))))
    walk.visit(element, 0)
  }
  return builder.build()
}

class XmlWalk {
  readonly #builder: DocumentBuilder
  #row = 0

  constructor(builder: DocumentBuilder) {
    this.#builder = builder
  }

  visit(element: XmlElement, depth: number): void {
    const children = elementsOf(element)
    const hasText = element.children.some((child) => typeof child === 'string' && child.trim() !== '')
    const line = attributesOf(element)
    if (children.length === 0 || hasText) {
      const text = collapseSpaces(flowingText(element))
      this.#builder.addBlock('paragraph', [line, text].filter((part) => part !== '').join('; '))
    } else if (depth > 0 && children.every(isField) && rowOf(element).length <= maxRowLength) {
      this.#builder.addBlock('table-row', rowOf(element), { row: ++this.#row })
    } else this.#visitSection(children, line, depth)
  }

  #visitSection(children: readonly XmlElement[], line: string, depth: number): void {
    const title = children.find((child) => titles.has(child.name) && isLeaf(child))
    const name = collapseSpaces(textOf(title))
    if (name !== '') this.#builder.addHeading(depth + 1, name)
    this.#builder.addBlock('table-row', line)
    for (const child of children) {
      if (child === title) continue
      // Single values of a section say what they are by their names.
      if (isField(child)) {
        this.#builder.addBlock('table-row', pairOf(child))
      } else this.visit(child, depth + 1)
    }
    this.#builder.endSection(depth + 1)
  }
}

function elementsOf(element: XmlElement): XmlElement[] {
  return element.children.filter((child): child is XmlElement => typeof child !== 'string')
}

function isLeaf(element: XmlElement): boolean {
  return elementsOf(element).length === 0
}

function isField(element: XmlElement): boolean {
  return isLeaf(element) && !prose.has(element.name)
}

function attributesOf(element: XmlElement): string {
  return Object.entries(element.attributes)
    .filter(([name, value]) => !/^xmlns|:schemaLocation$/.test(name) && value.trim() !== '' && value.length < 300)
    .map(([name, value]) => `${name}: ${collapseSpaces(value)}`)
    .join('; ')
}

function rowOf(element: XmlElement): string {
  return [attributesOf(element), ...elementsOf(element).map(pairOf)].filter((part) => part !== '').join('; ')
}

function pairOf(leaf: XmlElement): string {
  const text = collapseSpaces(textOf(leaf))
  const line = attributesOf(leaf)
  const value = text === '' ? line : line === '' ? text : `${text} (${line})`
  return value === '' ? '' : `${leaf.name}: ${value}`
}

/** Inner elements are part of the sentence. */
function flowingText(element: XmlElement): string {
  return element.children.map((child) => (typeof child === 'string' ? child : flowingText(child))).join('')
}
