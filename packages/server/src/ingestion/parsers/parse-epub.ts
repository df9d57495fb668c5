import { posix } from 'node:path'
import { shortTitle } from './clean-text.ts'
import { DocumentBuilder } from './document-builder.ts'
import { addHtmlBlocks } from './html-blocks.ts'
import { parseDom } from './html-node.ts'
import { readXmlPart, requireXmlPart } from './office-parts.ts'
import { ParseFailure } from './parse-failure.ts'
import { attributeOf, childrenOf, descendantsOf, findElement, textOf } from './parse-xml.ts'
import type { ParsedDocument } from './parsed-document.ts'
import { unzip } from './read-zip.ts'

const voidElements = 'area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr'
const selfClosed = new RegExp(`<(?!(?:${voidElements})\\b)([a-zA-Z][\\w:-]*)((?:\\s[^<>]*)?)/>`, 'g')

/** The chapters in the order of the book's spine. */
export async function parseEpub(bytes: Uint8Array): Promise<ParsedDocument> {
  const parts = unzip(bytes, (name) => /\.(?:xml|opf|xhtml|html?)$/i.test(name))
  const container = await requireXmlPart(parts, 'META-INF/container.xml')
  const packageName = attributeOf(findElement(container, 'container', 'rootfiles', 'rootfile'), 'full-path') ?? ''
  const book = findElement(await requireXmlPart(parts, packageName), 'package')
  const locked = await encryptedParts(parts)
  const builder = new DocumentBuilder()
  const items = new Map(
    childrenOf(findElement(book, 'manifest'), 'item').map((item) => [attributeOf(item, 'id'), item]),
  )
  for (const reference of childrenOf(findElement(book, 'spine'), 'itemref')) {
    const item = items.get(attributeOf(reference, 'idref'))
    // The list of contents repeats the headings.
    if (item === undefined || (attributeOf(item, 'properties') ?? '').split(' ').includes('nav')) continue
    const name = posix.join(posix.dirname(packageName), decodeName(attributeOf(item, 'href') ?? ''))
    if (locked.has(name))
      throw new ParseFailure('protected', 'The book is protected against copying (DRM) and cannot be read.')
    const xhtml = parts.get(name)
    if (xhtml === undefined) {
      builder.warnings.push(`The chapter ${posix.basename(name)} is missing from the book.`)
      continue
    }
    builder.restartHeadings()
    // XHTML may close an empty element at once, which HTML takes for an opening: <title/> would swallow the chapter.
    addHtmlBlocks(await parseDom(decode(xhtml).replace(selfClosed, '<$1$2></$1>')), builder)
  }
  builder.title = shortTitle(textOf(findElement(book, 'metadata', 'title'))) ?? builder.title
  return builder.build()
}

async function encryptedParts(parts: ReadonlyMap<string, Uint8Array>): Promise<ReadonlySet<string>> {
  const encryption = await readXmlPart(parts, 'META-INF/encryption.xml')
  if (encryption === undefined) return new Set()
  return new Set(
    [...descendantsOf(encryption, 'CipherReference')].map((part) => decodeName(attributeOf(part, 'URI') ?? '')),
  )
}

function decode(part: Uint8Array): string {
  return new TextDecoder(part[0] === 0xff && part[1] === 0xfe ? 'utf-16le' : 'utf-8').decode(part)
}

function decodeName(address: string): string {
  try {
    return decodeURIComponent(address.split('#')[0] ?? '')
  } catch (error) {
    if (error instanceof URIError) return address
    throw error
  }
}
