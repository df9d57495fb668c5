import { isUtf8 } from 'node:buffer'
import { ParseFailure } from './parse-failure.ts'

export interface DecodedText {
  readonly text: string
  readonly encoding: string
}

/** Enough to tell an encoding by; more only costs time. */
const sampleBytes = 65_536

/** Bytes as text: by byte order mark, then UTF-8 when it is valid, then UTF-16 by its zeros, then by statistics. */
export async function decodeText(bytes: Uint8Array): Promise<DecodedText> {
  const encoding =
    markedEncoding(bytes) ?? (isUtf8(bytes) ? 'utf-8' : undefined) ?? utf16ByZeros(bytes) ?? (await guess(bytes))
  try {
    return { text: new TextDecoder(encoding).decode(bytes), encoding }
  } catch (error) {
    throw new ParseFailure(
      'unsupported',
      `The text is in an encoding that cannot be read (${encoding}). Save it as UTF-8.`,
      {
        cause: error,
      },
    )
  }
}

function markedEncoding(bytes: Uint8Array): string | undefined {
  const [first, second, third, fourth] = bytes
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
  if (first === 0xff && second === 0xfe) return third === 0 && fourth === 0 ? 'utf-32le' : 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  return undefined
}

/** Western text in UTF-16 has a zero in nearly every second byte, always on the same side. */
function utf16ByZeros(bytes: Uint8Array): string | undefined {
  const sample = bytes.subarray(0, sampleBytes)
  let even = 0
  let odd = 0
  for (let i = 0; i < sample.length; i++) {
    if (sample[i] !== 0) continue
    if (i % 2 === 0) even++
    else odd++
  }
  const half = sample.length / 2
  if (odd > half * 0.4 && even < half * 0.05) return 'utf-16le'
  if (even > half * 0.4 && odd < half * 0.05) return 'utf-16be'
  return undefined
}

async function guess(bytes: Uint8Array): Promise<string> {
  if (isNearlyUtf8(bytes)) return 'utf-8'
  const { detect } = await import('chardet')
  const detected = detect(bytes.subarray(0, sampleBytes))
  // Windows wrote what calls itself ISO 8859-1, and browsers read it so.
  return detected === null || detected === 'ISO-8859-1' || detected === 'ASCII' ? 'windows-1252' : detected
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
