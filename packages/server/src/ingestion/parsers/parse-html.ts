import { shortTitle } from './clean-text.ts'
import { DocumentBuilder } from './document-builder.ts'
import { addHtmlBlocks } from './html-blocks.ts'
import { type HtmlDocument, type HtmlNode, parseDom } from './html-node.ts'
import { largestWholePage, splitHtml } from './html-pieces.ts'
import type { ParsedDocument } from './parsed-document.ts'

/** An article that is less of the page than this is taken for a teaser, and the whole page is read. */
const smallestArticle = 0.4

/** The article of a page when it has one, else the whole body less its navigation. */
export async function parseHtml(html: string): Promise<ParsedDocument> {
  if (html.length > largestWholePage) return await parseLargePage(html)
  const page = await parseDom(html)
  const title = shortTitle(page.title) ?? shortTitle(page.querySelector('title')?.textContent)
  const whole = new DocumentBuilder()
  // A page that opens with a script before its head may have no body for linkedom.
  addHtmlBlocks(page.body?.textContent?.trim() ? page.body : page, whole)
  whole.title = title ?? whole.title
  const found = await findArticle(page)
  if (found === undefined) return whole.build()
  const article = new DocumentBuilder()
  article.addHeading(1, found.title)
  addHtmlBlocks(found.content, article)
  article.title ??= title
  return article.length < whole.length * smallestArticle ? whole.build() : article.build()
}

/** The whole body, piece by piece: no page of this size is an article. */
async function parseLargePage(html: string): Promise<ParsedDocument> {
  const builder = new DocumentBuilder()
  let title: string | null = null
  for (const piece of splitHtml(html)) {
    const page = await parseDom(piece)
    title ??= shortTitle(page.querySelector('title')?.textContent)
    addHtmlBlocks(page, builder)
  }
  builder.title = title ?? builder.title
  return builder.build()
}

/** Takes the page apart: walk it before. */
async function findArticle(page: HtmlDocument): Promise<{ title: string; content: HtmlNode } | undefined> {
  const { isProbablyReaderable, Readability } = await import('@mozilla/readability')
  // Readability declares the compiler's DOM; what it uses, linkedom has.
  const dom = page as unknown as ConstructorParameters<typeof Readability>[0]
  if (!isProbablyReaderable(dom)) return undefined
  const article = new Readability<HtmlNode>(dom, {
    keepClasses: true,
    serializer: (node) => node as unknown as HtmlNode,
  }).parse()
  if (article?.content === null || article?.content === undefined) return undefined
  return { title: article.title ?? '', content: article.content }
}
