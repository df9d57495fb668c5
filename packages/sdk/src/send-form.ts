export interface FormRequest {
  readonly body: FormData
  readonly headers: Headers
  readonly signal?: AbortSignal
  readonly onProgress?: (part: number) => void
}

/** As much of XMLHttpRequest as is used here: this also compiles where there are no browser types. */
interface Transfer {
  readonly status: number
  readonly responseText: string
  readonly upload: EventTarget
  open(method: string, url: string): void
  setRequestHeader(name: string, value: string): void
  getAllResponseHeaders(): string
  addEventListener(type: 'load' | 'error' | 'abort', listener: () => void): void
  send(body: FormData): void
  abort(): void
}

/** Posts a form. In browsers by XMLHttpRequest, which alone tells how much has left; elsewhere by `send`. */
export async function sendForm(url: string, request: FormRequest, send: typeof fetch): Promise<Response> {
  const { body, headers, signal, onProgress } = request
  const { XMLHttpRequest } = globalThis as { readonly XMLHttpRequest?: new () => Transfer }
  if (XMLHttpRequest === undefined) {
    const response = await send(url, { method: 'POST', body, headers, ...(signal === undefined ? {} : { signal }) })
    onProgress?.(1)
    return response
  }
  return await new Promise((resolve, reject) => {
    const transfer = new XMLHttpRequest()
    transfer.open('POST', url)
    for (const [name, value] of headers) transfer.setRequestHeader(name, value)
    transfer.upload.addEventListener('progress', (event) => {
      const { loaded, total } = event as Event & { readonly loaded: number; readonly total: number }
      if (total > 0) onProgress?.(loaded / total)
    })
    transfer.addEventListener('load', () => {
      resolve(new Response(transfer.responseText, { status: transfer.status, headers: headersOf(transfer) }))
    })
    transfer.addEventListener('error', () => reject(new TypeError('The server could not be reached')))
    transfer.addEventListener('abort', () => reject(signal?.reason ?? new DOMException('Aborted', 'AbortError')))
    signal?.addEventListener('abort', () => transfer.abort(), { once: true })
    if (signal?.aborted === true) reject(signal.reason)
    else transfer.send(body)
  })
}

function headersOf(transfer: Transfer): Headers {
  const headers = new Headers()
  for (const line of transfer
    .getAllResponseHeaders()
    .trim()
    .split(/[\r\n]+/)) {
    const [name, ...value] = line.split(': ')
    if (name !== undefined && name !== '') headers.append(name, value.join(': '))
  }
  return headers
}
