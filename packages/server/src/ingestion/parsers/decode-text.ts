import { isUtf8 } from 'node:buffer'
import { declaredEncoding, knownEncoding } from './declared-encoding.ts'
import { ParseFailure } from './parse-failure.ts'

export interface DecodedText {
  readonly text: string
  readonly encoding: string
}

/** Enough to tell an encoding by; more only costs time. */
const sampleBytes = 65_536

/**
 * Bytes as text: by byte order mark; as a page or XML file says of itself; as UTF-16 or ISO 2022 where their marks are
 * unmistakable; as UTF-8 when it is valid; then by statistics. Who says UTF-8 and does not keep to it is not believed.
 */
export async function decodeText(bytes: Uint8Array, { isMarkup = false } = {}): Promise<DecodedText> {
  const declared = declaredEncoding(bytes)
  const believed = declared === 'utf-8' ? undefined : declared
  const encoding =
    markedEncoding(bytes) ??
    // Other text may only speak of pages: its bytes must first show that they are no UTF-8.
    (isMarkup ? believed : undefined) ??
    utf16ByZeros(bytes) ??
    escapedEncoding(bytes) ??
    (isUtf8(bytes) ? 'utf-8' : undefined) ??
    believed ??
    (await guess(bytes))
  if (encoding.startsWith('utf-32')) return { text: decodeUtf32(bytes, encoding === 'utf-32le'), encoding }
  try {
    return { text: new TextDecoder(encoding).decode(bytes), encoding }
  } catch (error) {
    throw new ParseFailure(
      'unsupported',
      `The text is in an encoding that cannot be read (${encoding}). Save it as UTF-8.`,
      { cause: error },
    )
  }
}

/** By the mark that some writers put in front. */
export function markedEncoding(bytes: Uint8Array): string | undefined {
  const [first, second, third, fourth] = bytes
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
  if (first === 0xff && second === 0xfe) return third === 0 && fourth === 0 ? 'utf-32le' : 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  if (first === 0 && second === 0 && third === 0xfe && fourth === 0xff) return 'utf-32be'
  return undefined
}

/**
 * UTF-16 without a mark. Spaces and line ends, which every script has, leave zeros that all stand on the same side, and
 * nothing but text reads without control characters and unassigned ones.
 */
export function utf16ByZeros(bytes: Uint8Array): string | undefined {
  const sample = bytes.subarray(0, Math.min(sampleBytes, bytes.length - (bytes.length % 2)))
  const zeros = [0, 0]
  for (let i = 0; i < sample.length; i++) if (sample[i] === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1
  const [even = 0, odd = 0] = zeros
  if (Math.max(even, odd) < Math.max(1, sample.length * 0.001)) return undefined
  const encoding = odd > even ? 'utf-16le' : 'utf-16be'
  const text = new TextDecoder(encoding).decode(sample)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it counts
  const bad = text.match(/[\u0000-\u0008\u000e-\u001f\u007f-\u009f\ufffd\p{Cn}\p{Co}]/gu)?.length ?? 0
  return bad <= text.length * 0.01 ? encoding : undefined
}

/** ISO 2022 switches between sets by escape sequences, in seven bits that pass for UTF-8. */
function escapedEncoding(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, sampleBytes))
  return head.includes('\x1b$B') || head.includes('\x1b$@') ? 'iso-2022-jp' : undefined
}

async function guess(bytes: Uint8Array): Promise<string> {
  if (isNearlyUtf8(bytes)) return 'utf-8'
  const { analyse } = await import('chardet')
  const found = analyse(bytes.subarray(0, sampleBytes)).find(
    ({ name }) => !/^UTF|^ASCII/.test(name) && knownEncoding(name) !== undefined,
  )
  // Windows wrote what calls itself ISO 8859-1, and browsers read it so.
  return found === undefined || found.name === 'ISO-8859-1' ? 'windows-1252' : found.name
}

/** UTF-8 that was cut in the middle of a character, or holds a stray byte. Other encodings fail nearly everywhere. */
function isNearlyUtf8(bytes: Uint8Array): boolean {
  const text = new TextDecoder('utf-8').decode(bytes.subarray(0, sampleBytes))
  let foreign = 0
  let broken = 0
  for (const character of text) {
    if (character === '\ufffd') broken++
    else if (character > '\u007f') foreign++
  }
  return broken <= Math.max(1, foreign * 0.1) && foreign > broken
}

/** The platform has no decoder for it. */
function decodeUtf32(bytes: Uint8Array, isLittleEndian: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const parts: string[] = []
  for (let at = 4; at + 4 <= bytes.length; at += 4) {
    const code = view.getUint32(at, isLittleEndian)
    parts.push(code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd')
  }
  return parts.join('')
}
