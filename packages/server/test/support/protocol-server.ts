import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ProtocolRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface ProtocolReply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** An object goes out as JSON. */
  readonly body?: Uint8Array | string | object
}

/** `hang` never answers; `reset` cuts the socket before any byte; `cutAfter` sends so many bytes of the answer first. */
export type Fault = 'hang' | 'reset' | ProtocolReply | { readonly cutAfter: number }

export interface ProtocolServer {
  readonly url: string
  readonly requests: readonly ProtocolRequest[]
  /** Decides for each request from now on whether something goes wrong with it. */
  play(fault: (request: ProtocolRequest) => Fault | undefined): void
  [Symbol.asyncDispose](): Promise<void>
}

/** A local HTTP server that plays a service, faults included. */
export async function startProtocolServer(
  answer: (request: ProtocolRequest, url: string) => ProtocolReply | Promise<ProtocolReply>,
): Promise<ProtocolServer> {
  const requests: ProtocolRequest[] = []
  let findFault: (request: ProtocolRequest) => Fault | undefined = () => undefined
  const server = createServer((incoming, response) => {
    const handle = async () => {
      let body = ''
      incoming.setEncoding('utf8')
      for await (const piece of incoming) body += piece
      const { pathname, searchParams } = new URL(incoming.url ?? '/', url())
      const { method = 'GET', headers } = incoming
      const request = { method, path: decodeURIComponent(pathname), query: searchParams, headers, body }
      requests.push(request)
      const fault = findFault(request)
      if (fault === 'hang') return
      if (fault === 'reset') return void response.socket?.resetAndDestroy()
      if (fault !== undefined && !('cutAfter' in fault)) return send(response, fault)
      send(response, await answer(request, url()), fault?.cutAfter)
    }
    handle().catch((error: unknown) =>
      send(response, { status: 500, body: `The test's server failed: ${String(error)}` }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A TCP server that listens has an AddressInfo.
  const { port } = server.address() as AddressInfo
  const url = () => `http://127.0.0.1:${port}`
  return {
    url: url(),
    requests,
    play: (fault) => {
      findFault = fault
    },
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function send(
  response: ServerResponse,
  { status = 200, headers = {}, body = '' }: ProtocolReply,
  cutAfter?: number,
): void {
  const isPlain = typeof body === 'string' || body instanceof Uint8Array
  const bytes = Buffer.from(isPlain ? body : JSON.stringify(body))
  const type = isPlain ? {} : { 'content-type': 'application/json; charset=utf-8' }
  response.writeHead(status, { ...type, 'content-length': bytes.length, ...headers })
  if (cutAfter === undefined) return void response.end(bytes)
  response.write(bytes.subarray(0, cutAfter), () => response.socket?.resetAndDestroy())
}
