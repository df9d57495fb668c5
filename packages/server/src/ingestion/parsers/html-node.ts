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

export async function parseDom(html: string): Promise<HtmlDocument> {
  const { parseHTML } = await import('linkedom')
  // Without the frame, linkedom makes the first element the document.
  const framed = /<html[\s>]/i.test(html) ? html : `<!doctype html><html><body>${html}</body></html>`
  // linkedom's Document has all of this; its declaration refers to the compiler's DOM library.
  return parseHTML(framed).document as unknown as HtmlDocument
}
