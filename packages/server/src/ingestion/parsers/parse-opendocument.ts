import { collapseSpaces, shortTitle } from './clean-text.ts'
import { DocumentBuilder } from './document-builder.ts'
import { readXmlPart, requireXmlPart } from './office-parts.ts'
import { addOpenSheets } from './open-sheets.ts'
import { OpenTextWalk } from './open-text.ts'
import { ParseFailure } from './parse-failure.ts'
import { attributeOf, childrenOf, descendantsOf, findElement, textOf, type XmlElement } from './parse-xml.ts'
import type { ParsedDocument } from './parsed-document.ts'
import { unzip } from './read-zip.ts'

/** A text, spreadsheet or presentation of LibreOffice and its kin. */
export async function parseOpenDocument(bytes: Uint8Array): Promise<ParsedDocument> {
  const parts = unzip(bytes, (name) => /^(?:content|meta|META-INF\/manifest)\.xml$/.test(name))
  const manifest = await readXmlPart(parts, 'META-INF/manifest.xml')
  if (manifest !== undefined && !descendantsOf(manifest, 'encryption-data').next().done) {
    throw new ParseFailure(
      'protected',
      'The file is protected with a password. Remove the password and upload it again.',
    )
  }
  const content = findElement(await requireXmlPart(parts, 'content.xml'), 'document-content')
  const body = findElement(content, 'body')
  const builder = new DocumentBuilder()
  const text = findElement(body, 'text')
  if (text !== undefined) new OpenTextWalk(builder).addContent(text)
  const spreadsheet = findElement(body, 'spreadsheet')
  if (spreadsheet !== undefined) addOpenSheets(builder, spreadsheet, hiddenStyles(content))
  addSlides(builder, findElement(body, 'presentation'))
  const meta = findElement(await readXmlPart(parts, 'meta.xml'), 'document-meta', 'meta', 'title')
  builder.title = shortTitle(textOf(meta)) ?? builder.title
  return builder.build()
}

function hiddenStyles(content: XmlElement | undefined): ReadonlySet<string> {
  const styles = childrenOf(findElement(content, 'automatic-styles'), 'style')
  const hidden = styles.filter((style) => attributeOf(findElement(style, 'table-properties'), 'display') === 'false')
  return new Set(hidden.map((style) => attributeOf(style, 'name') ?? ''))
}

/** Each slide is a page: its title first, as in a presentation of Microsoft's. */
function addSlides(builder: DocumentBuilder, presentation: XmlElement | undefined): void {
  let number = 0
  for (const slide of childrenOf(presentation, 'page')) {
    builder.page = ++number
    builder.restartHeadings()
    const frames = childrenOf(slide, 'frame')
    const isTitle = (frame: XmlElement) => attributeOf(frame, 'class') === 'title'
    for (const frame of frames.filter(isTitle)) builder.addHeading(1, collapseSpaces(plainText(frame)))
    const walk = new OpenTextWalk(builder)
    for (const shape of slide.children) {
      if (typeof shape === 'string' || shape.name === 'notes' || (shape.name === 'frame' && isTitle(shape))) continue
      walk.addContent(shape)
    }
    new OpenTextWalk(builder, 'note').addContent(findElement(slide, 'notes'))
  }
}

function plainText(element: XmlElement): string {
  return [...descendantsOf(element, 'p')].map(textOf).join(' ')
}
