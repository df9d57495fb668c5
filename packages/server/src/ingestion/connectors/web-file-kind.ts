import { extname } from 'node:path'
import { extensionOf, supportedExtensions } from '../parsing/detect-media-type.ts'

/** What a web server says a file is: its media type, with the charset it named. */
export interface WebFileKind {
  readonly mediaType: string
  readonly charset: string | undefined
  readonly isHtml: boolean
  /** With the dot, as the parsers know it; undefined when they would not know what to do with it. */
  readonly extension: string | undefined
}

const asHtml = new Set(['text/html', 'application/xhtml+xml'])
/** Names that servers use for what the parsers call something else. */
const otherNames: Readonly<Record<string, string>> = {
  'application/xml': 'xml',
  'text/xml': 'xml',
  'text/x-markdown': 'md',
  'text/tab-separated-values': 'tsv',
  'application/csv': 'csv',
  'application/x-pdf': 'pdf',
  'text/rtf': 'rtf',
}
/** What no parser reads itself: archives are unpacked, tables loaded. By the names that servers use. */
const containers: Readonly<Record<string, string>> = {
  'application/zip': 'zip',
  'application/x-zip-compressed': 'zip',
  'application/x-tar': 'tar',
  'application/gzip': 'gz',
  'application/x-gzip': 'gz',
  'application/x-tgz': 'tgz',
  'application/zstd': 'zst',
  'application/vnd.apache.parquet': 'parquet',
  'application/x-parquet': 'parquet',
}
const containerExtensions = new Set(Object.values(containers))
/** Text that is there for programs. */
const unread = new Set(['text/css', 'text/javascript', 'text/calendar', 'text/vcard', 'text/event-stream'])
const undescribed = new Set(['', 'application/octet-stream', 'binary/octet-stream', 'application/x-download'])

export function kindOf(url: URL, contentType: string | null): WebFileKind {
  const [mediaType = ''] = (contentType ?? '')
    .toLowerCase()
    .split(';', 1)
    .map((part) => part.trim())
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType ?? '')?.[1]
  const isHtml = asHtml.has(mediaType)
  return { mediaType, charset, isHtml, extension: isHtml ? '.html' : extensionFor(url, mediaType) }
}

function extensionFor(url: URL, mediaType: string): string | undefined {
  const ofAddress = documentExtension(url)
  const container = containers[mediaType]
  // A Word file is a ZIP archive, too.
  if (undescribed.has(mediaType) || container !== undefined) return ofAddress ?? (container && `.${container}`)
  const known = otherNames[mediaType] ?? extensionOf(mediaType)
  const isText = mediaType.startsWith('text/') && !unread.has(mediaType)
  // `notes.py` is sent as text/plain, and its own ending says more.
  if (isText && ofAddress !== undefined && !isContainer(ofAddress) && ofAddress !== '.html') return ofAddress
  if (known !== undefined && supportedExtensions.includes(known)) return `.${known}`
  return isText ? '.txt' : undefined
}

function isContainer(extension: string): boolean {
  return containerExtensions.has(extension.slice(1))
}

/** The ending of an address when something can be made of such files. */
export function documentExtension(url: URL): string | undefined {
  const extension = extname(url.pathname).toLowerCase()
  return supportedExtensions.includes(extension.slice(1)) || isContainer(extension) ? extension : undefined
}

const downloads =
  /\.(pdf|docx?|docm|pptx?|xlsx?|xlsm|od[tsp]|epub|rtf|[ct]sv|zip|tar|t?gz|zst|parquet|ipynb|eml|mbox)$/i

/** The ending of an address that leads to a file rather than a page: `/report.pdf` does, `/report.php` does not. */
export function isDownload(url: URL): boolean {
  return downloads.test(url.pathname)
}

const media =
  /\.(jpe?g|png|gif|webp|avif|svg|ico|bmp|tiff?|mp[34]|m4[av]|webm|og[gv]|wav|mov|avi|mkv|css|js|mjs|map|woff2?|ttf|eot|exe|dmg|iso|apk|deb|rpm|msi|rar|7z|bin|swf)$/i

/** Pictures, sounds, programs and what pages are made of. */
export function isMediaAddress(url: URL): boolean {
  return media.test(url.pathname)
}
