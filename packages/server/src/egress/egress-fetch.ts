import { EgressFailure } from './egress-error.ts'
import type { EgressRequest } from './egress-request.ts'
import { parseTarget } from './parse-target.ts'
import type { EgressResponse } from './send-request.ts'

export interface FetchLimits {
  readonly timeoutMs?: number
  readonly maxBytes?: number
}

type Send = (address: string, options: EgressRequest) => Promise<EgressResponse>

const statusesWithoutBody = new Set([204, 205, 304])

/** `fetch` as the standard has it, over `Egress.request`; its errors are ours instead of a TypeError. */
export function createFetch(send: Send, { timeoutMs = 600_000, maxBytes = 100_000_000 }: FetchLimits): typeof fetch {
  return async (input, init) => {
    const address = parseTarget(input instanceof Request ? input.url : String(input)).href
    const request = new Request(input instanceof Request ? input : address, init)
    const response = await send(address, {
      method: request.method,
      headers: request.headers,
      body: request.body === null ? undefined : new Uint8Array(await request.arrayBuffer()),
      signal: request.signal,
      timeoutMs,
      maxBytes,
      maxRedirects: request.redirect === 'follow' ? 10 : 0,
    })
    if (request.redirect === 'error' && response.headers.has('location')) {
      await response[Symbol.asyncDispose]()
      throw new EgressFailure('too_many_redirects', `${new URL(address).host} sends on to another address.`)
    }
    return await toResponse(response, request.method, address)
  }
}

async function toResponse(response: EgressResponse, method: string, asked: string): Promise<Response> {
  const { status, headers, url, body } = response
  const isEmpty = method === 'HEAD' || statusesWithoutBody.has(status)
  if (isEmpty) await response[Symbol.asyncDispose]()
  const answer = new Response(isEmpty ? null : ReadableStream.from(body), { status, headers })
  // A Response made by hand knows neither.
  return Object.defineProperties(answer, { url: { value: url }, redirected: { value: url !== asked } })
}
