import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { decodeBody, tooLarge } from './decode-body.ts'
import { describeFailure, EgressFailure } from './egress-error.ts'

/** One request to one address, redirects not followed. */
export interface Hop {
  readonly url: URL
  readonly method: string
  readonly headers: Headers
  readonly body: string | Uint8Array | undefined
  readonly maxBytes: number
  readonly idleTimeoutMs: number
  readonly limit: TimeLimit
}

export interface EgressResponse extends AsyncDisposable {
  readonly status: number
  readonly headers: Headers
  /** Where it came from, after all redirects. */
  readonly url: string
  /** Decompressed. Read it to its end, or dispose of the response: until then it holds a connection. */
  readonly body: AsyncIterable<Uint8Array>
}

/** A limit on a call from its start to the end of its body, and what to say when it ends early. */
export interface TimeLimit {
  readonly signal: AbortSignal
  /** Why it ended, from the caller's abort or our own clock; else what the error means. */
  explain(error: unknown, host: string): unknown
}

export function limitTime(signal: AbortSignal, timeoutMs: number): TimeLimit {
  const clock = AbortSignal.timeout(timeoutMs)
  return {
    signal: AbortSignal.any([signal, clock]),
    explain: (error, host) => {
      if (signal.aborted) return signal.reason
      if (!clock.aborted) return describeFailure(error, host)
      return new EgressFailure('timeout', `${host} did not finish answering within ${Math.ceil(timeoutMs / 1000)} s.`)
    },
  }
}

export async function sendRequest(dispatcher: Dispatcher, hop: Hop): Promise<EgressResponse> {
  const { url, limit, maxBytes } = hop
  const { host } = url
  try {
    const { statusCode, headers: received, body } = await start(dispatcher, hop)
    const headers = toHeaders(received)
    // Destroyed early, it reports that as an error, which whoever did it need not hear.
    body.on('error', () => undefined)
    const decoded = decode(body, headers, { method: hop.method, status: statusCode, maxBytes, host })
    return {
      status: statusCode,
      headers,
      url: url.href,
      body: read(body, decoded, limit, host),
      [Symbol.asyncDispose]: async () => void body.destroy(),
    }
  } catch (error) {
    throw limit.explain(error, host)
  }
}

/** An abort counts at once: undici itself hears of it only when a connection is there or has failed. */
async function start(
  dispatcher: Dispatcher,
  { url, method, headers, body, limit, idleTimeoutMs }: Hop,
): Promise<Dispatcher.ResponseData> {
  const { request } = await import('undici')
  const { signal } = limit
  signal.throwIfAborted()
  const answer = request(url, {
    dispatcher,
    // Dispatcher lists the methods it knows, and passes on any.
    method: method as Dispatcher.HttpMethod,
    headers: Object.fromEntries(headers),
    body: body ?? null,
    headersTimeout: idleTimeoutMs,
    bodyTimeout: idleTimeoutMs,
    signal,
  })
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([answer, aborted])
  } catch (error) {
    // Should it still come, nobody reads it.
    answer.then(
      ({ body: late }) => late.on('error', () => undefined).destroy(),
      () => undefined,
    )
    throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function toHeaders(received: Readonly<Record<string, string | string[] | undefined>>): Headers {
  const headers = new Headers()
  for (const [name, values] of Object.entries(received)) {
    for (const value of [values ?? []].flat()) headers.append(name, value)
  }
  return headers
}

interface Answered {
  readonly method: string
  readonly status: number
  readonly maxBytes: number
  readonly host: string
}

function decode(
  body: Readable,
  headers: Headers,
  { method, status, maxBytes, host }: Answered,
): AsyncIterable<Uint8Array> {
  const hasBody = method !== 'HEAD' && status !== 204 && status !== 304
  const encoding = hasBody ? headers.get('content-encoding') : null
  try {
    if (hasBody && Number(headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(host, maxBytes)
    const decoded = decodeBody(body, { encoding, maxBytes, host })
    if (encoding !== null) {
      headers.delete('content-encoding')
      headers.delete('content-length')
    }
    return decoded
  } catch (error) {
    body.destroy()
    throw error
  }
}

async function* read(
  body: Readable,
  decoded: AsyncIterable<Uint8Array>,
  limit: TimeLimit,
  host: string,
): AsyncGenerator<Uint8Array> {
  try {
    yield* decoded
  } catch (error) {
    throw limit.explain(error, host)
  } finally {
    body.destroy()
  }
}
