import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { type ErrorCode, errorStatus } from '../errors.ts'
import { statusWords } from './status-words.ts'

const refusals: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  HPE_HEADER_OVERFLOW: ['headers_too_large', 'The address and headers are too long'],
  ERR_HTTP_REQUEST_TIMEOUT: ['request_timeout', 'The request did not arrive in time'],
}

/** What is not HTTP never becomes a request: the same error body as everywhere, straight onto the socket. */
export function refuseBytes({ code: fault = '' }: { readonly code?: string }, socket: Socket): void {
  // A client that is gone reads nothing.
  if (!socket.writable || fault === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const [code, detail] = refusals[fault] ?? ['malformed_request', 'This is no HTTP request that the server understands']
  const status = errorStatus[code]
  const body = JSON.stringify({ detail, code, request_id: randomUUID() })
  socket.end(
    [
      `HTTP/1.1 ${status} ${statusWords(status)}`,
      'connection: close',
      'content-type: application/json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  )
}
