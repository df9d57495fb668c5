import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { Frame } from './records.ts'

export interface Call {
  readonly url: string
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** After so long without a whole answer the client gives up. */
  readonly timeoutMs?: number
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

export const adminKey = 'qk_chaos_0123456789abcdefghijklmnopqrstuvwxyz'
/** Longer than any fault lasts, with room for what has to be made up for after it. */
const patienceMs = 40_000
const streamPatienceMs = 50_000

function open({ url, method, path, body, headers }: Call, signal: AbortSignal): Promise<IncomingMessage> {
  const isRaw = body === undefined || typeof body === 'string'
  const text = isRaw ? body : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const request = httpRequest(url + path, {
      method,
      agent: false,
      signal,
      headers: {
        authorization: `Bearer ${adminKey}`,
        ...(isRaw ? {} : { 'content-type': 'application/json' }),
        ...(text === undefined ? {} : { 'content-length': String(Buffer.byteLength(text)) }),
        ...headers,
      },
    })
    request.on('response', resolve)
    request.on('error', reject)
    request.end(text)
  })
}

/** A whole answer, or an error when none came: refused, reset, cut in the middle, or late. */
export async function call(options: Call): Promise<Answer> {
  const late = AbortSignal.timeout(options.timeoutMs ?? patienceMs)
  try {
    const response = await open(options, late)
    response.setEncoding('utf8')
    let text = ''
    for await (const chunk of response) text += chunk
    return { status: response.statusCode ?? 0, headers: response.headers, text }
  } catch (error) {
    throw late.aborted ? new Error('timeout') : error
  }
}

export interface StreamVisit {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly frames: readonly Frame[]
  readonly isCutByClient: boolean
  /** Set when the stream was refused. */
  readonly text: string
  readonly error?: string
}

interface VisitOptions extends Call {
  /** Called with what came so far; true makes the client hang up. */
  shouldLeave(frames: readonly Frame[], bytes: number): boolean
  /** Waits so long between reads, as a reader behind a bad line does. */
  readonly pauseMs?: number
  started?(headers: IncomingHttpHeaders, status: number): void
}

/** Reads an event stream until it ends, breaks, falls silent for too long, or the client has had enough. */
export async function visitStream(options: VisitOptions): Promise<StreamVisit> {
  const frames: Frame[] = []
  const silence = new AbortController()
  // Heartbeats come every 15 s: whoever hears nothing for longer is connected to nobody.
  const timer = setTimeout(() => silence.abort(), streamPatienceMs)
  let [status, rest, bytes, isCutByClient] = [0, '', 0, false]
  let headers: IncomingHttpHeaders = {}
  let error: string | undefined
  try {
    const response = await open(options, silence.signal)
    status = response.statusCode ?? 0
    headers = response.headers
    options.started?.(headers, status)
    response.setEncoding('utf8')
    for await (const chunk of response) {
      timer.refresh()
      bytes += chunk.length
      rest += chunk
      if (status !== 200) continue
      for (let end = rest.indexOf('\n\n'); end >= 0 && !isCutByClient; end = rest.indexOf('\n\n')) {
        frames.push(parseFrame(rest.slice(0, end)))
        rest = rest.slice(end + 2)
        isCutByClient = options.shouldLeave(frames, bytes)
      }
      isCutByClient ||= options.shouldLeave(frames, bytes)
      if (isCutByClient) break
      if (options.pauseMs !== undefined) await wait(options.pauseMs)
    }
  } catch (thrown) {
    error = silence.signal.aborted ? 'timeout' : thrown instanceof Error ? thrown.message : String(thrown)
  } finally {
    clearTimeout(timer)
    silence.abort()
  }
  const text = status === 200 ? '' : rest
  return { status, headers, frames, isCutByClient, text, ...(error === undefined ? {} : { error }) }
}

export function parseFrame(raw: string): Frame {
  const fields = new Map<string, string>()
  for (const line of raw.split('\n')) {
    const colon = line.indexOf(':')
    if (colon <= 0) continue
    const name = line.slice(0, colon)
    const value = line.slice(colon + 1).replace(/^ /, '')
    fields.set(name, fields.has(name) ? `${fields.get(name)}\n${value}` : value)
  }
  const [id, event, data] = [fields.get('id'), fields.get('event'), fields.get('data')]
  return {
    raw,
    ...(id === undefined ? {} : { id: Number(id) }),
    ...(event === undefined ? {} : { event }),
    ...(data === undefined ? {} : { data }),
  }
}
