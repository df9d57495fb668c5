import { extname } from 'node:path'
import { detectMediaType, type MediaType, type TextFormat } from '../parsing/detect-media-type.ts'
import { decodeText } from './decode-text.ts'
import { maxTextLength, tooLong } from './document-builder.ts'
import { ParseFailure } from './parse-failure.ts'
import type { ParsedDocument } from './parsed-document.ts'

export interface ParseOptions {
  /** Epoch milliseconds. What takes longer stops there, where it can, and says what is missing. */
  readonly deadline?: number
  /** How many messages this file came in, one within the other. */
  readonly depth?: number
}

/** A file that came in a message in a message in a message is not read. */
const maxDepth = 2

/**
 * Any file as a document, or a `ParseFailure` in words. Synchronous for long stretches: `openParser` runs it in processes
 * of its own. Each parser, and with it its library, is loaded when a file needs it.
 */
export async function parseDocument(
  fileName: string,
  bytes: Uint8Array,
  options: ParseOptions = {},
): Promise<ParsedDocument & MediaType> {
  const type = detectMediaType(fileName, bytes)
  try {
    const document = await parseAs(type, fileName, bytes, options)
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

async function parseAs(
  { format }: MediaType,
  fileName: string,
  bytes: Uint8Array,
  { deadline = Number.POSITIVE_INFINITY, depth = 0 }: ParseOptions,
): Promise<ParsedDocument> {
  switch (format) {
    case 'pdf':
      return (await import('./parse-pdf.ts')).parsePdf(bytes, deadline)
    case 'docx':
      return (await import('./parse-docx.ts')).parseDocx(bytes)
    case 'pptx':
      return (await import('./parse-pptx.ts')).parsePptx(bytes)
    case 'xlsx':
      return (await import('./parse-xlsx.ts')).parseXlsx(bytes)
    case 'epub':
      return (await import('./parse-epub.ts')).parseEpub(bytes)
    case 'opendocument':
      return (await import('./parse-opendocument.ts')).parseOpenDocument(bytes)
    case 'rtf':
      return (await import('./parse-rtf.ts')).parseRtf(bytes)
    case 'email':
      return (await import('./parse-email.ts')).parseEmail(bytes, readAttachment(deadline, depth))
    case 'mailbox':
      return (await import('./parse-email.ts')).parseMailbox(bytes, readAttachment(deadline, depth))
    case 'csv': {
      const { parseCsv, maxCsvBytes } = await import('./parse-csv.ts')
      const { text } = await decodeText(bytes.subarray(0, maxCsvBytes))
      return await parseCsv(text, { isCut: bytes.length > maxCsvBytes })
    }
    default:
      return await parseText(format, fileName, await readText(format, bytes))
  }
}

function readAttachment(deadline: number, depth: number) {
  return async (fileName: string, bytes: Uint8Array): Promise<ParsedDocument> => {
    if (depth >= maxDepth) throw new ParseFailure('unsupported', 'Messages are nested too deeply.')
    return await parseDocument(fileName, bytes, { deadline, depth: depth + 1 })
  }
}

/** Formats whose text is a part of the file only: the rest is markup. */
const wrapped: readonly TextFormat[] = ['html', 'xml', 'json', 'csv', 'notebook', 'subtitles']
/** The largest file that is accepted may be all of it. */
const maxMarkup = 120_000_000

async function readText(format: TextFormat, bytes: Uint8Array): Promise<string> {
  const { text } = await decodeText(bytes, { isMarkup: format === 'html' || format === 'xml' })
  // Refused before anything else is done with it: every further step holds it once more.
  if (text.length > (wrapped.includes(format) ? maxMarkup : maxTextLength)) throw tooLong()
  return text
}

async function parseText(format: Exclude<TextFormat, 'csv'>, fileName: string, text: string): Promise<ParsedDocument> {
  switch (format) {
    case 'text':
      return (await import('./parse-plain-text.ts')).parsePlainText(text)
    case 'code':
      return (await import('./parse-code.ts')).parseCode(text, extname(fileName).slice(1).toLowerCase())
    case 'markdown':
      return (await import('./parse-markdown.ts')).parseMarkdown(text)
    case 'html':
      return (await import('./parse-html.ts')).parseHtml(text)
    case 'json':
      return (await import('./parse-json.ts')).parseJson(text)
    case 'notebook':
      return (await import('./parse-notebook.ts')).parseNotebook(text)
    case 'xml':
      return (await import('./parse-xml-document.ts')).parseXmlDocument(text)
    case 'subtitles':
      return (await import('./parse-subtitles.ts')).parseSubtitles(text)
    default:
      return (await import('./parse-sectioned-text.ts')).parseSectionedText(text, format)
  }
}
