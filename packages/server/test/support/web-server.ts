import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface WebReply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | Uint8Array
}

/** What is at a path: a reply, the body of an HTML page, or whatever the test makes of the request. */
export type WebPage =
  | string
  | WebReply
  | ((request: IncomingMessage, response: ServerResponse) => string | WebReply | undefined)

export interface WebServer {
  readonly port: number
  /** `http://127.0.0.1:…`, without a slash at the end. */
  readonly url: string
  /** Paths with their queries, in the order they were asked for. */
  readonly requests: readonly { readonly path: string; readonly headers: IncomingMessage['headers'] }[]
  /** Sockets that were ever opened to it. */
  readonly connections: number
  /** Puts a page at a path, or takes it away. */
  set(path: string, page: WebPage | undefined): void
  forget(): void
  [Symbol.asyncDispose](): Promise<void>
}

/** A local web site with the pages given; any other path is a 404. A page function that returns nothing answers by itself. */
export async function startWebServer(
  pages: Readonly<Record<string, WebPage>> = {},
  { host = '127.0.0.1', port = 0 }: { readonly host?: string; readonly port?: number } = {},
): Promise<WebServer> {
  const site = new Map(Object.entries(pages))
  const requests: { path: string; headers: IncomingMessage['headers'] }[] = []
  let connections = 0
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    requests.push({ path, headers: request.headers })
    const page = site.get(path) ?? { status: 404, body: 'Not here' }
    const made = typeof page === 'function' ? page(request, response) : page
    if (made === undefined) return
    const reply: WebReply = typeof made === 'string' ? { body: made } : made
    response.writeHead(reply.status ?? 200, {
      'content-type': 'text/html; charset=utf-8',
      ...(reply.headers as Record<string, string>),
    })
    response.end(reply.body)
  })
  server.on('connection', () => connections++)
  await new Promise<void>((resolve) => server.listen(port, host, resolve))
  // A TCP server that listens has an AddressInfo.
  const address = server.address() as AddressInfo
  return {
    port: address.port,
    url: `http://${host}:${address.port}`,
    requests,
    get connections() {
      return connections
    },
    set: (path, page) => void (page === undefined ? site.delete(path) : site.set(path, page)),
    forget: () => {
      requests.length = 0
      connections = 0
    },
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
