import { shortTitle } from './clean-text.ts'
import { DocumentBuilder } from './document-builder.ts'
import { addHtmlBlocks } from './html-blocks.ts'
import { parseDom } from './html-node.ts'
import { readTitle } from './office-parts.ts'
import { ParseFailure } from './parse-failure.ts'
import type { ParsedDocument } from './parsed-document.ts'
import { storeZip, unzip } from './read-zip.ts'

const styles = [
  "p[style-name='Title'] => h1:fresh",
  "p[style-name='Subtitle'] => p:fresh",
  "p[style-name='Caption'] => figcaption:fresh",
  'comment-reference => sup',
]

/** By way of mammoth's HTML, which keeps headings, lists, tables, notes and text boxes. */
export async function parseDocx(bytes: Uint8Array): Promise<ParsedDocument> {
  // Pictures and embedded files are not unpacked.
  const parts = unzip(bytes, (name) => /\.(?:xml|rels)$/i.test(name))
  const document = parts.get('word/document.xml')
  if (document !== undefined) parts.set('word/document.xml', keepFormulas(document))
  const { default: mammoth } = await import('mammoth')
  let html: string
  try {
    const buffer = Buffer.from(await storeZip(parts))
    const result = await mammoth.convertToHtml(
      { buffer },
      { styleMap: styles, convertImage: mammoth.images.imgElement(async () => ({ src: '' })) },
    )
    html = result.value
  } catch (error) {
    if (error instanceof RangeError) throw error
    throw new ParseFailure('damaged', 'The Word document is damaged or incomplete and cannot be read.', {
      cause: error,
    })
  }
  const builder = new DocumentBuilder()
  addHtmlBlocks(await parseDom(html), builder)
  builder.title = shortTitle(await readTitle(parts)) ?? builder.title
  return builder.build()
}

/** mammoth drops formulas; their symbols in reading order are better than nothing. */
function keepFormulas(part: Uint8Array): Uint8Array {
  const xml = new TextDecoder().decode(part)
  if (!xml.includes('<m:oMath')) return part
  const kept = xml.replace(/<m:oMath(?:\s[^>]*)?>([\s\S]*?)<\/m:oMath>/g, (_whole, formula: string) => {
    const marked = formula
      .replaceAll('</m:num>', '</m:num><m:t>/</m:t>')
      .replaceAll('<m:sup>', '<m:sup><m:t>^</m:t>')
      .replaceAll('<m:sub>', '<m:sub><m:t>_</m:t>')
    const symbols = [...marked.matchAll(/<m:t(?:\s[^>]*)?>([^<]*)<\/m:t>/g)].map((match) => match[1] ?? '')
    return `<w:r><w:t xml:space="preserve">${symbols.join(' ').replace(/\s+/g, ' ')}</w:t></w:r>`
  })
  return new TextEncoder().encode(
    kept.replace(/<\/?m:oMathPara(?:\s[^>]*)?>|<m:oMathParaPr>[\s\S]*?<\/m:oMathParaPr>/g, ''),
  )
}
