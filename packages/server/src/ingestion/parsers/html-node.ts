import { ParseFailure } from './parse-failure.ts'

/** The little of the DOM that our walks need; linkedom's own types ask for the compiler's DOM library. */
export interface HtmlNode {
  readonly nodeType: number
  readonly nodeValue: string | null
  /** Lower case for HTML; absent on text. */
  readonly localName?: string
  readonly childNodes: Iterable<HtmlNode>
  readonly textContent: string | null
}

export interface HtmlElement extends HtmlNode {
  readonly localName: string
  readonly parentNode: HtmlNode | null
  getAttribute(name: string): string | null
  querySelector(selector: string): HtmlElement | null
  querySelectorAll(selector: string): Iterable<HtmlElement>
  remove(): void
}

export interface HtmlDocument extends HtmlElement {
  readonly body: HtmlElement | null
  readonly title: string
  readonly documentElement: HtmlElement | null
}

export function isElement(node: HtmlNode): node is HtmlElement {
  return node.nodeType === 1
}

export function isText(node: HtmlNode): boolean {
  return node.nodeType === 3 || node.nodeType === 4
}

/** The parser's time grows with the square of the depth. Pages that never close a tag reach hundreds. */
const maxDepth = 20_000
/** Of these a page need close none. */
const selfClosing = new Set(
  `area base br col embed hr img input link meta param source track wbr p li dt dd tr td th thead tbody tfoot option
  optgroup colgroup caption rp rt body head html`.split(/\s+/),
)

export async function parseDom(html: string): Promise<HtmlDocument> {
  requireFlat(html)
  const { parseHTML } = await import('linkedom')
  // Without the frame, linkedom makes the first element the document.
  const framed = /<html[\s>]/i.test(html) ? html : `<!doctype html><html><body>${html}</body></html>`
  // linkedom's Document has all of this; its declaration refers to the compiler's DOM library.
  return parseHTML(framed).document as unknown as HtmlDocument
}

function requireFlat(html: string): void {
  let depth = 0
  for (const [, slash, name = '', end] of html.matchAll(/<(\/?)([a-zA-Z][\w:-]*)[^>]*?(\/?)>/g)) {
    if (selfClosing.has(name.toLowerCase())) continue
    depth += slash === '/' ? -1 : end === '/' ? 0 : 1
    if (depth < 0) depth = 0
    if (depth > maxDepth) throw new ParseFailure('damaged', 'The page nests its parts too deeply to be read.')
  }
}
