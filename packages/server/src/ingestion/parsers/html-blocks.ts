import { collapseSpaces } from './clean-text.ts'
import type { DocumentBuilder } from './document-builder.ts'
import { type HtmlElement, type HtmlNode, isElement, isText } from './html-node.ts'
import { describeTable } from './html-table.ts'
import type { BlockKind } from './parsed-document.ts'

const skipped = names(`script style noscript template svg canvas head nav button select option datalist input textarea
  iframe object embed audio video dialog map link meta base title`)
const blocks =
  names(`address article aside blockquote body center dd details div dl dt fieldset figure footer form header
  hr html legend main menu ol p section summary table tbody td tfoot th thead tr ul`)

function names(list: string): ReadonlySet<string> {
  return new Set(list.split(/\s+/))
}

/** Lays everything that can be read below `root` into the builder, block by block. */
export function addHtmlBlocks(root: HtmlNode, builder: DocumentBuilder): void {
  const walk = new HtmlWalk(builder)
  walk.visit(root, 'paragraph')
  walk.flush('paragraph')
}

/** Pages that never close an element nest thousands deep: below this, only their text is taken. */
const maxDepth = 500

class HtmlWalk {
  readonly #builder: DocumentBuilder
  #depth = 0
  /** Text of the open block; line breaks that count are `\n`, all other white space is a blank. */
  #open = ''

  constructor(builder: DocumentBuilder) {
    this.#builder = builder
  }

  visit(node: HtmlNode, kind: BlockKind): void {
    if (isText(node)) this.#open += (node.nodeValue ?? '').replace(/\s+/g, ' ')
    else if (isElement(node)) this.#visitElement(node, kind)
    else if (node.nodeType === 9 || node.nodeType === 11) this.#visitChildren(node, kind)
  }

  flush(kind: BlockKind): void {
    const text = this.#open
    this.#open = ''
    for (const paragraph of text.split(/\n\s*\n/)) {
      const lines = paragraph.split('\n').map(collapseSpaces)
      this.#builder.addBlock(kind, lines.filter((line) => line !== '').join('\n'))
    }
  }

  #visitChildren(node: HtmlNode, kind: BlockKind): void {
    if (this.#depth >= maxDepth) {
      this.#open += (node.textContent ?? '').replace(/\s+/g, ' ')
      return
    }
    this.#depth++
    for (const child of node.childNodes) this.visit(child, kind)
    this.#depth--
  }

  #visitElement(element: HtmlElement, kind: BlockKind): void {
    const name = element.localName
    if (skipped.has(name) || isHidden(element)) return
    if (name === 'br') this.#open += '\n'
    else if (/^h[1-6]$/.test(name)) this.#addHeading(element, kind)
    else if (name === 'pre') this.#addCode(element, kind)
    else if (name === 'table') this.#addTable(element, kind)
    else if (name === 'li') this.#enclose(element, kind, isNote(element) ? 'note' : 'list-item')
    else if (/^comment-\d/.test(element.getAttribute('id') ?? '')) this.flush(kind)
    else if (name === 'dd' && isComment(element)) this.#enclose(element, kind, 'note')
    else if (name === 'figcaption' || name === 'caption') this.#enclose(element, kind, 'caption')
    else if (blocks.has(name)) this.#enclose(element, kind, kind)
    else if (name === 'math') this.#open += ` ${formulaOf(element)} `
    else if (name === 'img') this.#open += isFormula(element) ? ` ${element.getAttribute('alt') ?? ''} ` : ''
    else if (!isMark(element)) this.#visitChildren(element, kind)
  }

  #enclose(element: HtmlElement, outer: BlockKind, kind: BlockKind): void {
    this.flush(outer)
    this.#visitChildren(element, kind)
    this.flush(kind)
  }

  #addHeading(element: HtmlElement, kind: BlockKind): void {
    this.flush(kind)
    this.#builder.addHeading(Number(element.localName.slice(1)), inlineText(element))
  }

  #addCode(element: HtmlElement, kind: BlockKind): void {
    this.flush(kind)
    this.#builder.addBlock('code', preformattedText(element))
  }

  #addTable(table: HtmlElement, kind: BlockKind): void {
    this.flush(kind)
    const rows = describeTable(table, (cell) => inlineText(cell))
    if (rows === undefined) {
      this.#visitChildren(table, kind)
      this.flush(kind)
      return
    }
    const caption = table.querySelector('caption')
    if (caption !== null) this.#builder.addBlock('caption', collapseSpaces(inlineText(caption)))
    for (const row of rows) this.#builder.addBlock('table-row', row)
  }
}

/** The text of a heading or cell, its inner blocks set apart by blanks. */
function inlineText(node: HtmlNode, depth = 0): string {
  if (isText(node)) return node.nodeValue ?? ''
  if (!isElement(node)) return ''
  if (depth > maxDepth) return node.textContent ?? ''
  const name = node.localName
  if (skipped.has(name) || isHidden(node) || isMark(node)) return ''
  if (name === 'br') return ' '
  if (name === 'math') return formulaOf(node)
  if (name === 'img') return isFormula(node) ? (node.getAttribute('alt') ?? '') : ''
  const text = Array.from(node.childNodes, (child) => inlineText(child, depth + 1)).join('')
  return blocks.has(name) || name === 'li' ? ` ${text} ` : text
}

function preformattedText(node: HtmlNode, depth = 0): string {
  if (isText(node)) return node.nodeValue ?? ''
  if (!isElement(node)) return ''
  if (depth > maxDepth) return node.textContent ?? ''
  return node.localName === 'br'
    ? '\n'
    : Array.from(node.childNodes, (child) => preformattedText(child, depth + 1)).join('')
}

function isHidden(element: HtmlElement): boolean {
  return (
    element.getAttribute('hidden') !== null ||
    element.getAttribute('aria-hidden') === 'true' ||
    /display\s*:\s*none|visibility\s*:\s*hidden/i.test(element.getAttribute('style') ?? '')
  )
}

/** What points elsewhere and is no part of the sentence: footnote numbers, "[edit]", the arrow back from a note. */
function isMark(element: HtmlElement): boolean {
  const className = element.getAttribute('class') ?? ''
  if (/(?:^|\s)(?:mw-editsection|mw-cite-backlink|reference|noprint)(?:\s|$)/.test(className))
    return element.localName !== 'div'
  return (
    element.localName === 'a' && /^#(?:footnote|endnote|comment)-(?:ref-)?\d/.test(element.getAttribute('href') ?? '')
  )
}

/** What a reviewer remarked in a Word document, as mammoth writes it: its number in a `dt`, then the remark. */
function isComment(item: HtmlElement): boolean {
  return item.querySelector('a[href^="#comment-ref-"]') !== null
}

function isNote(item: HtmlElement): boolean {
  return /^(?:foot|end)note-/.test(item.getAttribute('id') ?? '')
}

function isFormula(image: HtmlElement): boolean {
  return /math|latex|formula/.test(image.getAttribute('class') ?? '')
}

function formulaOf(math: HtmlElement): string {
  return math.getAttribute('alttext') ?? math.querySelector('annotation')?.textContent ?? math.textContent ?? ''
}
