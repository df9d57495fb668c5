import { extname } from 'node:path'
import { binaryKindOf } from '../parsers/binary-kinds.ts'
import { markedEncoding, utf16ByZeros } from '../parsers/decode-text.ts'
import { ParseFailure } from '../parsers/parse-failure.ts'
import { listZip, type ZipEntry } from '../parsers/read-zip.ts'

/** Read as bytes. */
type BinaryFormat = 'pdf' | 'docx' | 'pptx' | 'xlsx' | 'epub' | 'opendocument' | 'rtf' | 'email' | 'mailbox'
/** Read as characters, once their encoding is known. */
export type TextFormat =
  | 'text'
  | 'code'
  | 'markdown'
  | 'html'
  | 'csv'
  | 'json'
  | 'notebook'
  | 'xml'
  | 'subtitles'
  | 'asciidoc'
  | 'restructuredtext'
  | 'latex'
  | 'org'
export type Format = BinaryFormat | TextFormat

export interface MediaType {
  readonly format: Format
  readonly mediaType: string
}

const office = 'application/vnd.openxmlformats-officedocument'
const openDocument = 'application/vnd.oasis.opendocument'
const code = `py pyi js mjs cjs jsx ts mts cts tsx java kt kts go rs c h cc cpp cxx hpp cs rb php swift scala r lua pl sh bash
  zsh fish ps1 bat sql graphql proto yaml yml toml ini cfg conf env properties css scss sass less vue svelte
  tf hcl dart ex exs erl hs clj groovy gradle cmake bib`
const byExtension: Readonly<Record<string, MediaType>> = {
  ...named('text', 'text/plain', 'txt text log'),
  ...named('code', 'text/plain', code),
  ...named('markdown', 'text/markdown', 'md markdown mdx mkd'),
  ...named('html', 'text/html', 'html htm xhtml'),
  ...named('pdf', 'application/pdf', 'pdf'),
  ...named('docx', `${office}.wordprocessingml.document`, 'docx docm dotx'),
  ...named('pptx', `${office}.presentationml.presentation`, 'pptx pptm ppsx'),
  ...named('xlsx', `${office}.spreadsheetml.sheet`, 'xlsx xlsm xltx'),
  ...named('csv', 'text/csv', 'csv tsv tab'),
  ...named('json', 'application/json', 'json jsonl ndjson geojson jsonc json5'),
  ...named('epub', 'application/epub+zip', 'epub'),
  ...named('notebook', 'application/x-ipynb+json', 'ipynb'),
  ...named('opendocument', `${openDocument}.text`, 'odt ott'),
  ...named('opendocument', `${openDocument}.spreadsheet`, 'ods ots'),
  ...named('opendocument', `${openDocument}.presentation`, 'odp otp'),
  ...named('rtf', 'application/rtf', 'rtf'),
  ...named('email', 'message/rfc822', 'eml'),
  ...named('mailbox', 'application/mbox', 'mbox'),
  ...named('xml', 'application/xml', 'xml xsd xsl xslt rss atom opml dbk tei svg kml gpx plist'),
  ...named('subtitles', 'text/vtt', 'vtt'),
  ...named('subtitles', 'application/x-subrip', 'srt'),
  ...named('asciidoc', 'text/asciidoc', 'adoc asciidoc'),
  ...named('restructuredtext', 'text/x-rst', 'rst'),
  ...named('latex', 'text/x-tex', 'tex latex ltx'),
  ...named('org', 'text/org', 'org'),
}
/** A file of such a name must have the first bytes of its format. */
const markedFormats: readonly Format[] = ['pdf', 'docx', 'pptx', 'xlsx', 'epub', 'opendocument', 'rtf']

function named(format: Format, mediaType: string, extensions: string): Record<string, MediaType> {
  return Object.fromEntries(extensions.split(/\s+/).map((extension) => [extension, { format, mediaType }]))
}

/** Without the dot. Any other file is taken when it turns out to be text. */
export const supportedExtensions: readonly string[] = Object.keys(byExtension)

/** Without the dot; undefined for a media type that no file here has. */
export function extensionOf(mediaType: string): string | undefined {
  return Object.entries(byExtension).find(([, type]) => type.mediaType === mediaType)?.[0]
}

/** What a file is, by its first bytes before its name; throws a `ParseFailure` in words when it is nothing we can read. */
export function detectMediaType(fileName: string, bytes: Uint8Array): MediaType {
  if (bytes.length === 0) throw new ParseFailure('empty', 'The file is empty.')
  const extension = extname(fileName).slice(1).toLowerCase()
  const declared = Object.hasOwn(byExtension, extension) ? byExtension[extension] : undefined
  const kind = binaryKindOf(bytes)
  const isLatePdf = declared?.format === 'pdf' && Buffer.from(bytes.subarray(0, 1024)).includes('%PDF-')
  if (kind === 'pdf' || isLatePdf) return typeOf('pdf')
  if (kind === 'zip') return zipType(bytes, declared)
  if (kind === 'ole') throw oleFailure(bytes)
  if (kind === 'rtf') return typeOf('rtf')
  if (kind !== undefined) throw unsupported(kind, extension, declared)
  if (declared !== undefined && markedFormats.includes(declared.format)) {
    throw new ParseFailure(
      'misnamed',
      `The file is named .${extension} but is not one: it is damaged or was named wrongly.`,
    )
  }
  if (looksBinary(bytes)) throw unsupported('not text, and of no format that can be read', extension, declared)
  if (declared?.format === 'text' || declared === undefined) {
    return typeOf(formatOfText(bytes))
  }
  if (declared.format === 'xml' && looksLikeHtml(bytes)) return typeOf('html')
  return declared
}

function typeOf(format: Format): MediaType {
  const type = Object.values(byExtension).find((candidate) => candidate.format === format)
  if (type === undefined) throw new Error(`No extension has the format ${format}`)
  return type
}

function unsupported(kind: string, extension: string, declared: MediaType | undefined): ParseFailure {
  return declared === undefined
    ? new ParseFailure('unsupported', `The file is ${kind}. Upload text, a document, a table or source code.`)
    : new ParseFailure('misnamed', `The file is named .${extension} but is ${kind}.`)
}

function zipType(bytes: Uint8Array, declared: MediaType | undefined): MediaType {
  const entries = listZip(bytes)
  const names = new Set(entries.map((entry) => entry.name))
  if (names.has('word/document.xml') || (names.has('[Content_Types].xml') && hasFolder(entries, 'word/')))
    return typeOf('docx')
  if (names.has('ppt/presentation.xml')) return typeOf('pptx')
  if (names.has('xl/workbook.xml')) return typeOf('xlsx')
  if (names.has('xl/workbook.bin')) {
    throw new ParseFailure('unsupported', 'Binary workbooks (.xlsb) are not supported. Save it as .xlsx.')
  }
  if (names.has('META-INF/container.xml') || declared?.format === 'epub') return typeOf('epub')
  if (names.has('content.xml') && (names.has('mimetype') || declared?.format === 'opendocument')) {
    return declared?.format === 'opendocument' ? declared : typeOf('opendocument')
  }
  if (declared !== undefined && markedFormats.includes(declared.format)) {
    throw new ParseFailure('damaged', 'The file is a ZIP archive, but not a complete Office document.')
  }
  throw new ParseFailure('unsupported', 'The file is a ZIP archive. Upload the files inside it.')
}

function hasFolder(entries: readonly ZipEntry[], folder: string): boolean {
  return entries.some((entry) => entry.name.startsWith(folder))
}

/** Office before 2007, and the container that Office wraps around a file with a password. */
function oleFailure(bytes: Uint8Array): ParseFailure {
  // Names in the container are UTF-16.
  const hasEntry = (name: string) =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(name, 0, 'utf16le')
  return hasEntry('EncryptedPackage')
    ? new ParseFailure('protected', 'The file is protected with a password. Remove the password and upload it again.')
    : new ParseFailure(
        'unsupported',
        'Office files from before 2007 are not supported. Save it as .docx, .pptx or .xlsx.',
      )
}

/** Zeros where no UTF-16 puts them, or many control characters. */
function looksBinary(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, 65_536)
  if (markedEncoding(sample) !== undefined || utf16ByZeros(bytes) !== undefined) return false
  let zeros = 0
  let control = 0
  for (const byte of sample) {
    if (byte === 0) zeros++
    else if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13 && byte !== 27) control++
  }
  return control > Math.max(2, sample.length * 0.05) || zeros > sample.length * 0.001
}

function looksLikeHtml(bytes: Uint8Array): boolean {
  return /^\s*(<\?xml[^>]*>\s*)?<(!doctype html|html[\s>])/i.test(
    Buffer.from(bytes.subarray(0, 512)).toString('latin1'),
  )
}

/** Of text whose name says nothing. */
function formatOfText(bytes: Uint8Array): Format {
  if (looksLikeHtml(bytes)) return 'html'
  const head = Buffer.from(bytes.subarray(0, 4096)).toString('latin1')
  if (/^\s*<\?xml\s/.test(head)) return 'xml'
  if (/^From \S+.*\d{4}\r?\n[\w-]+: /.test(head)) return 'mailbox'
  // Several headers that only messages have, before the first empty line.
  const headers = head.split(/\r?\n\r?\n/)[0] ?? ''
  const known =
    headers.match(/^(?:From|To|Subject|Date|Message-ID|MIME-Version|Received|Return-Path): /gim)?.length ?? 0
  return known >= 3 && /^[\w-]+: /.test(head) ? 'email' : 'text'
}
