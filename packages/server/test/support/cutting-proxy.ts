import { connect, createServer, type Socket } from 'node:net'

export interface CuttingProxy {
  /** The database's address, through the proxy. */
  readonly url: string
  /** The next connection that sends `marker` gets it through, but never hears of the outcome: it breaks. */
  cutAfter(marker: string): Promise<void>
  /** Breaks all connections and takes no others, until it is called with `false`. */
  beAway(isAway: boolean): void
  [Symbol.asyncDispose](): Promise<void>
}

/** How long the database has for what it was sent before the connection breaks. */
const graceMs = 300

/** Stands before a database and breaks connections at the worst moment: after a commit, before its acknowledgement. */
export async function startCuttingProxy(databaseUrl: string): Promise<CuttingProxy> {
  const target = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  let isAway = false
  let armed: { marker: string; cut: () => void } | undefined
  const server = createServer((client) => {
    if (isAway) return void client.destroy()
    const database = connect(Number(target.port), target.hostname)
    let isMute = false
    const close = () => {
      client.destroy()
      database.destroy()
    }
    for (const socket of [client, database]) {
      sockets.add(socket)
      socket.on('error', close).on('close', () => {
        sockets.delete(socket)
        close()
      })
    }
    client.on('data', (chunk) => {
      if (armed !== undefined && chunk.includes(armed.marker)) {
        const { cut } = armed
        armed = undefined
        isMute = true
        setTimeout(() => {
          close()
          cut()
        }, graceMs)
      }
      database.write(chunk)
    })
    database.on('data', (chunk) => {
      if (!isMute) client.write(chunk)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = new URL(databaseUrl)
  url.port = String(typeof address === 'object' ? address?.port : address)
  return {
    url: url.href,
    cutAfter: (marker) =>
      new Promise((resolve) => {
        armed = { marker, cut: resolve }
      }),
    beAway: (value) => {
      isAway = value
      if (isAway) for (const socket of sockets) socket.destroy()
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
