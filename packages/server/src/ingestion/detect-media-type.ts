import { extname } from 'node:path'
import { binaryKindOf } from './parsers/binary-kinds.ts'
import { ParseFailure } from './parsers/parse-failure.ts'
import { listZip, type ZipEntry } from './parsers/read-zip.ts'

export type Format =
  | 'text'
  | 'code'
  | 'markdown'
  | 'html'
  | 'pdf'
  | 'docx'
  | 'pptx'
  | 'xlsx'
  | 'csv'
  | 'json'
  | 'epub'
  | 'notebook'

export interface MediaType {
  readonly format: Format
  readonly mediaType: string
}

const office = 'application/vnd.openxmlformats-officedocument'
const code = `py pyi js mjs cjs jsx ts mts cts tsx java kt kts go rs c h cc cpp cxx hpp cs rb php swift scala r lua pl sh bash
  zsh fish ps1 bat sql graphql proto yaml yml toml ini cfg conf env properties css scss sass less xml xsd svg vue svelte
  tf hcl dart ex exs erl hs clj groovy gradle cmake tex bib`
const text = 'txt text log rst adoc asciidoc org srt vtt'
const byExtension: Readonly<Record<string, MediaType>> = {
  ...named('text', 'text/plain', text),
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
}
/** Formats that are not text: a file of that name must have their first bytes. */
const binaryFormats: readonly Format[] = ['pdf', 'docx', 'pptx', 'xlsx', 'epub']

function named(format: Format, mediaType: string, extensions: string): Record<string, MediaType> {
  return Object.fromEntries(extensions.split(/\s+/).map((extension) => [extension, { format, mediaType }]))
}

/** Without the dot. Any other file is taken when it turns out to be text. */
export const supportedExtensions: readonly string[] = Object.keys(byExtension)

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
  if (kind !== undefined) throw unsupported(kind, extension, declared)
  if (declared !== undefined && binaryFormats.includes(declared.format)) {
    throw new ParseFailure(
      'misnamed',
      `The file is named .${extension} but is not one: it is damaged or was named wrongly.`,
    )
  }
  if (looksBinary(bytes)) throw unsupported('not text, and of no format that can be read', extension, declared)
  if (declared?.format === 'text' || declared === undefined) {
    return looksLikeHtml(bytes) ? typeOf('html') : (declared ?? typeOf('text'))
  }
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
  if (names.has('mimetype') && names.has('content.xml')) {
    throw new ParseFailure('unsupported', 'OpenDocument files are not supported. Save it as .docx, .pptx or .xlsx.')
  }
  if (declared?.format === 'docx' || declared?.format === 'pptx' || declared?.format === 'xlsx') {
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
  let even = 0
  let odd = 0
  let control = 0
  for (let i = 0; i < sample.length; i++) {
    const byte = sample[i] ?? 0
    if (byte === 0) {
      if (i % 2 === 0) even++
      else odd++
    } else if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13 && byte !== 27) control++
  }
  const marked = (sample[0] === 0xff && sample[1] === 0xfe) || (sample[0] === 0xfe && sample[1] === 0xff)
  if (marked) return false
  const isUtf16 = Math.max(even, odd) > sample.length * 0.2 && Math.min(even, odd) < sample.length * 0.025
  return control > Math.max(2, sample.length * 0.05) || (even + odd > sample.length * 0.001 && !isUtf16)
}

function looksLikeHtml(bytes: Uint8Array): boolean {
  return /^\s*(<\?xml[^>]*>\s*)?<(!doctype html|html[\s>])/i.test(
    Buffer.from(bytes.subarray(0, 512)).toString('latin1'),
  )
}
