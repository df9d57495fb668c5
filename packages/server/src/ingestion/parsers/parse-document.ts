import { detectMediaType, type MediaType } from '../detect-media-type.ts'
import { decodeText } from './decode-text.ts'
import { ParseFailure } from './parse-failure.ts'
import type { ParsedDocument } from './parsed-document.ts'

/**
 * Any file as a document, or a `ParseFailure` in words. Synchronous for long stretches: `parseFile` runs it in a process
 * of its own. Each parser, and with it its library, is loaded when a file needs it.
 */
export async function parseDocument(fileName: string, bytes: Uint8Array): Promise<ParsedDocument & MediaType> {
  const type = detectMediaType(fileName, bytes)
  try {
    const document = await parseAs(type, bytes)
    if (document.blocks.length === 0) throw new ParseFailure('no_text', 'No text was found in the file.')
    return { ...document, ...type }
  } catch (error) {
    if (error instanceof ParseFailure) throw error
    if (error instanceof RangeError && /call stack/i.test(error.message)) {
      throw new ParseFailure('damaged', 'The file nests its parts too deeply to be read.', { cause: error })
    }
    throw new ParseFailure('damaged', `The file is damaged and cannot be read as ${type.format}.`, { cause: error })
  }
}

async function parseAs({ format }: MediaType, bytes: Uint8Array): Promise<ParsedDocument> {
  switch (format) {
    case 'pdf':
      return (await import('./parse-pdf.ts')).parsePdf(bytes)
    case 'docx':
      return (await import('./parse-docx.ts')).parseDocx(bytes)
    case 'pptx':
      return (await import('./parse-pptx.ts')).parsePptx(bytes)
    case 'xlsx':
      return (await import('./parse-xlsx.ts')).parseXlsx(bytes)
    case 'epub':
      return (await import('./parse-epub.ts')).parseEpub(bytes)
    default:
      return parseText(format, (await decodeText(bytes)).text)
  }
}

type TextFormat = Exclude<MediaType['format'], 'pdf' | 'docx' | 'pptx' | 'xlsx' | 'epub'>

async function parseText(format: TextFormat, text: string): Promise<ParsedDocument> {
  switch (format) {
    case 'text':
      return (await import('./parse-plain-text.ts')).parsePlainText(text)
    case 'code':
      return (await import('./parse-plain-text.ts')).parsePlainText(text, 'code')
    case 'markdown':
      return (await import('./parse-markdown.ts')).parseMarkdown(text)
    case 'html':
      return (await import('./parse-html.ts')).parseHtml(text)
    case 'csv':
      return (await import('./parse-csv.ts')).parseCsv(text)
    case 'json':
      return (await import('./parse-json.ts')).parseJson(text)
    case 'notebook':
      return (await import('./parse-notebook.ts')).parseNotebook(text)
  }
}
