import { binaryKindOf } from '../parsers/binary-kinds.ts'
import { declaredEncoding, knownEncoding } from '../parsers/declared-encoding.ts'

const sniffedBytes = 1_024

export interface DecodedPiece {
  readonly text: string
  /** What is kept of it. */
  readonly stored: Uint8Array
}

interface CharsetOptions {
  /** As the server's header named it. */
  readonly charset: string | undefined
  /** A page may name its encoding itself. */
  readonly isHtml: boolean
}

/**
 * Text in the encoding it says it has, as browsers read it: by byte order mark, then the server's header, then the page's
 * own `meta`. It is kept as UTF-8, since the header is not kept with it. What says nothing is kept as it came: the parser
 * guesses better, from the whole of it.
 */
export async function* toUtf8(body: AsyncIterable<Uint8Array>, options: CharsetOptions): AsyncGenerator<DecodedPiece> {
  let head = Buffer.alloc(0)
  let decode: ((bytes?: Uint8Array) => DecodedPiece) | undefined
  for await (const chunk of body) {
    if (decode !== undefined) {
      yield decode(chunk)
      continue
    }
    head = Buffer.concat([head, chunk])
    if (head.length < sniffedBytes) continue
    decode = decoderFor(head, options)
    yield decode(head)
  }
  if (decode === undefined) {
    decode = decoderFor(head, options)
    yield decode(head)
  }
  yield decode()
}

function decoderFor(head: Buffer, { charset, isHtml }: CharsetOptions): (bytes?: Uint8Array) => DecodedPiece {
  const header = charset === undefined ? undefined : knownEncoding(charset)
  const declared = declaredEncoding(head)
  const named = header ?? (isHtml ? declared : undefined)
  const marked = markedEncoding(head)
  // Servers call everything text that they know nothing about.
  const label = binaryKindOf(head) === undefined ? (marked ?? named) : undefined
  const decoder = new TextDecoder(label ?? 'utf-8')
  const isKept = label === undefined || label === 'utf-8'
  // What is kept may go on declaring another encoding than UTF-8; a mark counts before that.
  const isMisleading = label !== undefined && marked !== 'utf-8' && declared !== undefined && declared !== 'utf-8'
  let mark = isMisleading ? '\ufeff' : ''
  return (bytes) => {
    const text = bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true })
    const content = isKept ? (bytes ?? new Uint8Array()) : Buffer.from(text)
    const stored = mark === '' ? content : Buffer.concat([Buffer.from(mark), content])
    mark = ''
    return { text, stored }
  }
}

function markedEncoding(head: Uint8Array): string | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8'
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  return head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : undefined
}
