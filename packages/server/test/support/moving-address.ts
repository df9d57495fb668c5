import { connect, createServer, type Socket } from 'node:net'

/** One address before several nodes, as a balancer is: what connects goes to the node it is moved to. */
export interface MovingAddress {
  /** What it stands for, at its own port. */
  readonly url: string
  /** Connections from now on go there; undefined lets them wait until it is known. */
  moveTo(url: string | undefined): void
  [Symbol.asyncDispose](): Promise<void>
}

export async function startMovingAddress(likeUrl: string): Promise<MovingAddress> {
  const sockets = new Set<Socket>()
  const waiting = new Set<Socket>()
  let target: URL | undefined
  const server = createServer((client) => {
    sockets.add(client)
    client.on('error', () => client.destroy()).on('close', () => sockets.delete(client))
    if (target === undefined) waiting.add(client)
    else join(client, target)
  })
  const join = (client: Socket, { port, hostname }: URL) => {
    const node = connect(Number(port), hostname)
    sockets.add(node)
    node
      .on('error', () => client.destroy())
      .on('close', () => {
        sockets.delete(node)
        client.destroy()
      })
    client.on('close', () => node.destroy())
    client.pipe(node).pipe(client)
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = new URL(likeUrl)
  url.port = String(typeof address === 'object' ? address?.port : address)
  return {
    // Base addresses have no slash at their end.
    url: url.href.replace(/\/$/, ''),
    moveTo: (to) => {
      target = to === undefined ? undefined : new URL(to)
      if (target === undefined) return
      for (const client of waiting) join(client, target)
      waiting.clear()
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
