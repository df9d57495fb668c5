import { Agent, createServer, request } from 'node:http'
import { announce } from './bench-process.ts'

/** The least a relay can do: a process of its own that hands bytes through, knows nothing and keeps nothing. */
const target = process.argv[2] ?? ''
const agent = new Agent({ keepAlive: true })

const server = createServer((incoming, outgoing) => {
  const { method, headers } = incoming
  const upstream = request(target + incoming.url, { method, headers, agent }, (response) => {
    outgoing.writeHead(response.statusCode ?? 502, response.headers)
    response.pipe(outgoing)
  })
  upstream.on('error', () => outgoing.destroy())
  incoming.pipe(upstream)
})

announce(server)
