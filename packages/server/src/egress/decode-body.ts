import { pipeline, Readable, Transform } from 'node:stream'
import { constants, createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import { EgressFailure } from './egress-error.ts'

/** What is asked for; `deflate` is taken, too, but servers do not agree on what it is. */
export const acceptedEncodings = 'gzip, br, zstd'

/** Ordinary pages shrink 5 to 30 times, and the most repetitive tables 150 times; bombs a thousand times and more. */
const maxRatio = 200
/** Below this, no ratio does any harm. */
const freeBytes = 1_000_000
const maxLayers = 2

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  // RFC 9659: a window of 8 MB is the most a server may count on.
  zstd: () => createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: 23 } }),
}

interface DecodeOptions {
  readonly encoding: string | null
  /** Of what comes over the wire as of what it unfolds to. */
  readonly maxBytes: number
  readonly host: string
}

/** The body as it was before the server compressed it, cut off with an `EgressFailure` where it is too much. */
export function decodeBody(body: Readable, { encoding, maxBytes, host }: DecodeOptions): AsyncIterable<Uint8Array> {
  const names = (encoding ?? '').toLowerCase().split(',')
  const layers = names.map((name) => name.trim()).filter((name) => name !== '' && name !== 'identity')
  if (layers.length > maxLayers) throw new EgressFailure('bad_response', `${host} compressed its answer too often.`)
  const wire = meter(() => maxBytes, host, maxBytes)
  const limit = () => Math.min(maxBytes, Math.max(freeBytes, wire.bytes() * maxRatio))
  const stages = layers.reverse().map((layer) => {
    const create = Object.hasOwn(decoders, layer) ? decoders[layer] : undefined
    if (create !== undefined) return () => [create(), meter(limit, host, maxBytes).stream]
    throw new EgressFailure('bad_response', `${host} compressed its answer in a way that is not known (${layer}).`)
  })
  return unfold(body, [() => [wire.stream], ...stages])
}

async function* unfold(body: Readable, stages: readonly (() => Transform[])[]): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]()
  const first = await chunks.next()
  // Nothing at all, compressed, is nothing; a decoder would miss its header.
  if (first.done === true) return
  const whole = Readable.from(join(first.value, chunks), { objectMode: false })
  const streams = stages.flatMap((stage) => stage())
  // The error reaches the reader through the last stream, which pipeline destroys with it.
  pipeline([whole, ...streams], () => undefined)
  yield* streams.at(-1) ?? whole
}

async function* join(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first
  yield* { [Symbol.asyncIterator]: () => rest }
}

/** Lets bytes through as long as all of them are no more than the limit of that moment. */
function meter(limit: () => number, host: string, maxBytes: number): { stream: Transform; bytes: () => number } {
  let bytes = 0
  const stream = new Transform({
    transform: (chunk: Uint8Array, _encoding, done) => {
      bytes += chunk.byteLength
      if (bytes <= limit()) done(null, chunk)
      else done(bytes > maxBytes ? tooLarge(host, maxBytes) : new EgressFailure('too_large', bombWords(host)))
    },
  })
  return { stream, bytes: () => bytes }
}

function bombWords(host: string): string {
  return `What ${host} sent unfolds to more than ${maxRatio} times its size, as a trap would.`
}

export function tooLarge(host: string, maxBytes: number): EgressFailure {
  const size = maxBytes >= 1_000_000 ? `${Math.floor(maxBytes / 1_000_000)} MB` : `${maxBytes} bytes`
  return new EgressFailure('too_large', `What ${host} sent is larger than ${size}.`)
}
