import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Stands between a client and a server, and spoils what goes through it when told to. */
export interface TcpProxy {
  readonly port: number
  /** Resets every open connection. */
  cut(): void
  /** Ends one direction of every open connection and leaves the other. */
  halfClose(towards: 'client' | 'server'): void
  /** Holds what comes in from now on for so long; 0 ends it. */
  delay(ms: number): void
  /** Hands nothing through and closes nothing, until it is called with false. */
  blackhole(isOn: boolean): void
  [Symbol.asyncDispose](): Promise<void>
}

interface Pair {
  readonly near: Socket
  readonly far: Socket
}

export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const pairs = new Set<Pair>()
  let delayMs = 0
  let isBlackhole = false
  /** What a black hole swallowed so far; TCP loses nothing, so it arrives when the hole is gone. */
  const held: (() => void)[] = []

  /** Keeps the order: what waits for the hole or for a delay is never passed by what came later. */
  function relay(from: Socket, to: Socket): void {
    let queue = Promise.resolve()
    let waiting = 0
    const pass = (action: () => void) => {
      if (waiting === 0 && delayMs === 0 && !isBlackhole) return action()
      waiting += 1
      const pause = delayMs
      queue = queue.then(async () => {
        if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause))
        if (isBlackhole) await new Promise<void>((resolve) => held.push(resolve))
        waiting -= 1
        action()
      })
    }
    from.on('data', (chunk) =>
      pass(() => {
        if (to.destroyed || to.write(chunk)) return
        from.pause()
        to.once('drain', () => from.resume())
        to.once('close', () => from.resume())
      }),
    )
    from.on('end', () => pass(() => to.end()))
    from.on('close', (hadError) => pass(() => (hadError ? reset(to) : to.end())))
    from.on('error', () => undefined)
  }

  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true })
    near.setNoDelay(true)
    far.setNoDelay(true)
    const pair = { near, far }
    pairs.add(pair)
    const forget = () => {
      if (near.destroyed && far.destroyed) pairs.delete(pair)
    }
    near.on('close', forget)
    far.on('close', forget)
    relay(near, far)
    relay(far, near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    for (const { near, far } of pairs) for (const socket of [near, far]) reset(socket)
  }
  return {
    // A TCP server that listens has an AddressInfo.
    port: (server.address() as AddressInfo).port,
    cut,
    halfClose: (towards) => {
      for (const { near, far } of pairs) (towards === 'client' ? near : far).end()
    },
    delay: (ms) => {
      delayMs = ms
    },
    blackhole: (isOn) => {
      isBlackhole = isOn
      if (!isOn) for (const release of held.splice(0)) release()
    },
    [Symbol.asyncDispose]: async () => {
      isBlackhole = false
      for (const release of held.splice(0)) release()
      cut()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** A socket that was ended cannot be reset: the system refuses, and Node would never be rid of it. */
function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}
