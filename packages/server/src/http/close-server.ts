import type { Server } from './validation.ts'

/** Requests that are being answered when the server stops get this long to finish. */
const graceMs = 1_500
const checkEveryMs = 10

/**
 * Counts the requests under way, so that closing knows when there is nothing to wait for. What is answered while the
 * server closes tells its client not to send another request over the same connection.
 */
export function countRequests(server: Server): void {
  let active = 0
  let isClosing = false
  server.addHook('preClose', async () => {
    isClosing = true
  })
  server.addHook('onSend', async (_request, reply) => {
    if (isClosing) reply.header('connection', 'close')
  })
  server.addHook('onRequest', async (_request, reply) => {
    active += 1
    // Comes on every path, also for a stream whose reader hung up.
    reply.raw.once('close', () => {
      active -= 1
    })
  })
  server.decorate('activeRequests', () => active)
}

declare module 'fastify' {
  interface FastifyInstance {
    activeRequests(): number
  }
}

/**
 * Stops listening, ends the streams, lets requests finish, then closes what is still connected: a socket that a browser
 * opened ahead and never used counts as busy for Node, and would hold the server for a minute.
 */
export async function closeServer(server: Server): Promise<void> {
  const deadline = performance.now() + graceMs
  const timer = setInterval(() => {
    if (server.activeRequests() === 0 || performance.now() > deadline) server.server.closeAllConnections()
  }, checkEveryMs)
  try {
    await server.close()
  } finally {
    clearInterval(timer)
  }
}
