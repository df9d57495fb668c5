import { connect, createServer, type Socket } from 'node:net'

export interface SilentLine {
  /** The same database through this line, as DATABASE_URL. */
  readonly url: string
  /** From now on nothing gets through on what is connected, and nobody is told; with `isDown`, new connections are as silent. */
  cut(options?: { isDown: boolean }): void
  /** New connections get through again. */
  mend(): void
  [Symbol.asyncDispose](): Promise<void>
}

/** A line to PostgreSQL that can go dead without a word, as a cut cable or a stopped server does. */
export async function startSilentLine(databaseUrl: string): Promise<SilentLine> {
  const url = new URL(databaseUrl)
  const target = { port: Number(url.port), host: url.hostname }
  const pairs = new Set<readonly [Socket, Socket]>()
  const silent: Socket[] = []
  let isDown = false
  const server = createServer((near) => {
    near.on('error', () => near.destroy())
    if (isDown) return void silent.push(near)
    const far = connect(target)
    const pair = [near, far] as const
    pairs.add(pair)
    far.on('error', () => far.destroy())
    near.pipe(far).pipe(near)
    near.on('close', () => far.destroy())
    far.on('close', () => {
      if (pairs.delete(pair)) near.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url.port = String(typeof address === 'object' && address !== null ? address.port : 0)
  return {
    url: url.href,
    cut(options = { isDown: false }) {
      isDown = options.isDown
      for (const pair of pairs) {
        pairs.delete(pair)
        const [near, far] = pair
        near.unpipe(far)
        far.unpipe(near)
        // Taken and thrown away: the sender's own machine sees nothing wrong.
        near.resume()
        far.resume()
        silent.push(near, far)
      }
    },
    mend() {
      isDown = false
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of [...pairs].flat().concat(silent)) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
