import type { Quory } from '@quory/sdk'
import * as pdfjs from 'pdfjs-dist'
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url'

export type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist'
export { TextLayer } from 'pdfjs-dist'

pdfjs.GlobalWorkerOptions.workerSrc = workerUrl

/** The server keeps only the text that was read from the file. */
export class OriginalGone extends Error {}

/** Opens a PDF of the server's. Only those parts of it are fetched that the shown pages need. */
export async function openPdf(quory: Quory, path: string, signal: AbortSignal): Promise<pdfjs.PDFDocumentLoadingTask> {
  const first = await quory.request(path, { headers: { range: 'bytes=0-65535' }, signal })
  if (first.headers.get('x-content-form') === 'text') throw new OriginalGone()
  const bytes = new Uint8Array(await first.arrayBuffer())
  const length = Number(/\/(\d+)$/.exec(first.headers.get('content-range') ?? '')?.[1] ?? bytes.length)
  const shared = {
    cMapUrl: '/pdf/cmaps/',
    cMapPacked: true,
    standardFontDataUrl: '/pdf/standard_fonts/',
    wasmUrl: '/pdf/wasm/',
    iccUrl: '/pdf/iccs/',
    isEvalSupported: false,
    enableXfa: false,
  }
  if (length <= bytes.length) return pdfjs.getDocument({ ...shared, data: bytes })
  const range = new RangeTransport(quory, path, length, bytes)
  return pdfjs.getDocument({ ...shared, range, disableAutoFetch: true, disableStream: true })
}

class RangeTransport extends pdfjs.PDFDataRangeTransport {
  readonly #quory: Quory
  readonly #path: string
  readonly #gone = new AbortController()

  constructor(quory: Quory, path: string, length: number, first: Uint8Array) {
    super(length, first)
    this.#quory = quory
    this.#path = path
  }

  override requestDataRange(begin: number, end: number): void {
    this.#quory
      .request(this.#path, { headers: { range: `bytes=${begin}-${end - 1}` }, signal: this.#gone.signal })
      .then((response) => response.arrayBuffer())
      .then((buffer) => this.onDataRange(begin, new Uint8Array(buffer)))
      // The page that needed it says that it could not be drawn.
      .catch(() => undefined)
  }

  override abort(): void {
    this.#gone.abort()
  }
}
