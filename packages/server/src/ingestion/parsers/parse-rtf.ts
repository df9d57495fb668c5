import { shortTitle } from './clean-text.ts'
import { DocumentBuilder } from './document-builder.ts'
import { ParseFailure } from './parse-failure.ts'
import type { BlockKind, ParsedDocument } from './parsed-document.ts'
import { type RtfToken, readRtfTokens } from './rtf-tokens.ts'
import { describeRows } from './table-rows.ts'

/** Groups that hold no text of the document. */
const hidden = new Set(
  `colortbl stylesheet listtable listoverridetable rsidtbl generator themedata colorschememapping latentstyles datastore
  pict object fldinst header headerl headerr headerf footer footerl footerr footerf xmlnstbl filetbl revtbl
  mmathPr datafield bkmkstart bkmkend pgptbl ftnsep ftnsepc aftnsep aftnsepc nonshppict listtext pntext pntxta pntxtb
  author operator company manager category keywords comment doccomm subject`.split(/\s+/),
)
const signs: Readonly<Record<string, string>> = {
  tab: ' ',
  line: '\n',
  emdash: '—',
  endash: '–',
  emspace: ' ',
  enspace: ' ',
  lquote: '‘',
  rquote: '’',
  ldblquote: '“',
  rdblquote: '”',
  bullet: '•',
  '~': ' ',
  _: '-',
}
/** What Windows calls its character sets, as encodings. */
const charsets: Readonly<Record<number, string>> = {
  77: 'macintosh',
  128: 'shift_jis',
  129: 'euc-kr',
  134: 'gbk',
  136: 'big5',
  161: 'windows-1253',
  162: 'windows-1254',
  163: 'windows-1258',
  177: 'windows-1255',
  178: 'windows-1256',
  186: 'windows-1257',
  204: 'windows-1251',
  222: 'windows-874',
  238: 'windows-1250',
}
const codePages: Readonly<Record<number, string>> = {
  932: 'shift_jis',
  936: 'gbk',
  949: 'euc-kr',
  950: 'big5',
  10000: 'macintosh',
  65001: 'utf-8',
}

const maxDepth = 500

interface Group {
  /** Nothing in it is text of the document. */
  isHidden: boolean
  /** Where its text goes when not into the document. */
  destination: 'body' | 'font table' | 'title' | 'note'
  font: number
  /** Characters that stand for a Unicode one before, for readers that know none. */
  fallbackLength: number
}

/** Paragraphs, headings by their outline level, tables, lists and notes; pictures, headers and footers are left out. */
export function parseRtf(bytes: Uint8Array): ParsedDocument {
  const reader = new RtfReader()
  for (const token of readRtfTokens(bytes)) reader.read(token)
  return reader.end()
}

class RtfReader {
  readonly #builder = new DocumentBuilder()
  readonly #fonts = new Map<number, string>()
  readonly #decoders = new Map<string, { decode(bytes: Uint8Array): string }>()
  #group: Group = { isHidden: false, destination: 'body', font: -1, fallbackLength: 1 }
  readonly #outer: Group[] = []
  #codePage = 'windows-1252'
  #bytes: number[] = []
  #text = ''
  #note = ''
  #title = ''
  #cells: string[] = []
  #rows: string[][] = []
  #outline: number | undefined
  #isList = false
  #inTable = false
  #skip = 0
  #isStarred = false

  read(token: RtfToken): void {
    if (token.type === 'bytes') this.#addBytes(token.bytes)
    else {
      this.#flushBytes()
      if (token.type === 'open') this.#open()
      else if (token.type === 'close') this.#close()
      else this.#command(token.name, token.value)
    }
  }

  end(): ParsedDocument {
    this.#flushBytes()
    this.#endParagraph()
    this.#builder.title = shortTitle(this.#title) ?? this.#builder.title
    return this.#builder.build()
  }

  #open(): void {
    if (this.#outer.length >= maxDepth)
      throw new ParseFailure('damaged', 'The file nests its parts too deeply to be read.')
    this.#outer.push(this.#group)
    this.#group = { ...this.#group }
    this.#isStarred = false
  }

  #close(): void {
    const { destination } = this.#group
    this.#group = this.#outer.pop() ?? this.#group
    this.#skip = 0
    this.#isStarred = false
    if (destination !== 'note' || this.#group.destination === 'note') return
    // After the paragraph that it is a note to.
    this.#note += '\n'
  }

  #addBytes(bytes: Uint8Array): void {
    this.#isStarred = false
    const kept = this.#skip > 0 ? bytes.subarray(Math.min(this.#skip, bytes.length)) : bytes
    this.#skip = Math.max(0, this.#skip - bytes.length)
    if (!this.#group.isHidden) for (const byte of kept) this.#bytes.push(byte)
  }

  #flushBytes(): void {
    if (this.#bytes.length === 0) return
    const encoding = this.#fonts.get(this.#group.font) ?? this.#codePage
    let decoder = this.#decoders.get(encoding)
    if (decoder === undefined) {
      decoder = new TextDecoder(encoding)
      this.#decoders.set(encoding, decoder)
    }
    this.#append(decoder.decode(Uint8Array.from(this.#bytes)))
    this.#bytes = []
  }

  #append(text: string): void {
    const { isHidden, destination } = this.#group
    if (isHidden || destination === 'font table') return
    if (destination === 'title') this.#title += text
    else if (destination === 'note') this.#note += text
    else this.#text += text
  }

  #command(name: string, value: number | undefined): void {
    // `\*` marks a group to be passed over by who does not know it: what we know of those is named here.
    if (name === '*') {
      this.#isStarred = true
      return
    }
    const isStarred = this.#isStarred
    this.#isStarred = false
    if (name === 'footnote' || name === 'annotation') this.#group.destination = 'note'
    else if (name === 'fonttbl') this.#group.destination = 'font table'
    else if (name === 'title' && this.#outer.length > 1) this.#group.destination = 'title'
    else if (name === 'info') this.#group.isHidden = false
    else if (hidden.has(name) || (isStarred && name !== 'shppict' && name !== 'shpinst')) this.#group.isHidden = true
    else if (name === 'u') this.#addUnicode(value ?? 0)
    else if (name === 'uc') this.#group.fallbackLength = Math.max(0, value ?? 1)
    else if (signs[name] !== undefined) this.#append(signs[name])
    else this.#layout(name, value) || this.#character(name, value)
  }

  /** True when the command was one of layout. */
  #layout(name: string, value: number | undefined): boolean {
    if (this.#group.isHidden) return true
    switch (name) {
      case 'par':
      case 'sect':
      case 'page':
        if (this.#group.destination === 'note') this.#note += ' '
        else if (this.#inTable) this.#text += ' '
        else this.#endParagraph()
        return true
      case 'pard':
        this.#outline = undefined
        this.#isList = false
        this.#inTable = false
        return true
      case 'intbl':
        this.#inTable = true
        return true
      case 'cell':
      case 'nestcell':
        this.#cells.push(this.#text.replace(/\s+/g, ' ').trim())
        this.#text = ''
        return true
      case 'row':
      case 'nestrow':
        this.#endRow()
        return true
      case 'outlinelevel':
        this.#outline = value
        return true
      case 'ls':
        this.#isList = true
        return true
      default:
        return false
    }
  }

  #character(name: string, value: number | undefined): void {
    if (name === 'f') this.#group.font = value ?? -1
    else if (name === 'fcharset' && this.#group.destination === 'font table') {
      const encoding = charsets[value ?? 0]
      if (encoding !== undefined) this.#fonts.set(this.#group.font, encoding)
    } else if (name === 'ansicpg') this.#codePage = encodingOf(value ?? 1252)
    else if (name === 'mac') this.#codePage = 'macintosh'
    else if (name === 'v') this.#group.isHidden ||= value !== 0
    else if (name === 'plain') this.#group.isHidden &&= this.#outer.at(-1)?.isHidden ?? false
  }

  #addUnicode(value: number): void {
    const code = value < 0 ? value + 65_536 : value
    this.#append(String.fromCharCode(code & 0xffff))
    this.#skip = this.#group.fallbackLength
  }

  #endParagraph(): void {
    const text = this.#text.trim()
    this.#text = ''
    this.#endTable()
    if (text !== '') {
      if (this.#outline !== undefined && this.#outline < 9) this.#builder.addHeading(this.#outline + 1, text)
      else this.#builder.addBlock(this.#kind(), text)
    }
    for (const note of this.#note.split('\n')) this.#builder.addBlock('note', note)
    this.#note = ''
  }

  #kind(): BlockKind {
    return this.#isList ? 'list-item' : 'paragraph'
  }

  #endRow(): void {
    this.#rows.push(this.#cells)
    this.#cells = []
  }

  #endTable(): void {
    for (const row of describeRows(this.#rows)) this.#builder.addBlock('table-row', row)
    this.#rows = []
  }
}

function encodingOf(codePage: number): string {
  const known = codePages[codePage]
  if (known !== undefined) return known
  return codePage >= 1250 && codePage <= 1258 ? `windows-${codePage}` : 'windows-1252'
}
