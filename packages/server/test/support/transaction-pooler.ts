import { randomInt } from 'node:crypto'
import { connect, createServer, type Socket } from 'node:net'

/** Codes of the first packet of a connection, in place of a protocol version. */
const sslRequest = 80_877_103
const cancelRequest = 80_877_102
/** Every other parameter of the start is refused, as PgBouncer does. */
const knownParameters = new Set(['user', 'database', 'client_encoding', 'application_name', 'datestyle', 'timezone'])

export interface TransactionPooler {
  /** In front of the same database, as DATABASE_URL. */
  readonly url: string
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * A pooler in transaction mode, as PgBouncer before 1.21 is: every transaction is lent one of few sessions and gives it
 * back at its end, with everything it left behind in it. Prepared statements stay in the session that made them, and
 * LISTEN is heard by nobody.
 */
export async function startTransactionPooler(databaseUrl: string, { size = 3 } = {}): Promise<TransactionPooler> {
  const sessions = new SessionPool(new URL(databaseUrl), size)
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    serveClient(socket, sessions)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = new URL(databaseUrl)
  url.port = String(typeof address === 'object' && address !== null ? address.port : 0)
  return {
    url: url.href,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      sessions.close()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** One connection to PostgreSQL, and the client that it is lent to. */
interface Session {
  readonly socket: Socket
  client: { answer(frame: Buffer): void; lost(): void } | undefined
}

class SessionPool {
  readonly #url: URL
  readonly #size: number
  readonly #all = new Set<Session>()
  readonly #idle: Session[] = []
  readonly #waiting: ((session: Session) => void)[] = []
  #opening = 0
  /** What the first session said of the server, which every client is told. */
  #parameters: Buffer[] = []

  constructor(url: URL, size: number) {
    this.#url = url
    this.#size = size
  }

  async parameters(): Promise<readonly Buffer[]> {
    if (this.#parameters.length === 0) this.giveBack(await this.lend())
    return this.#parameters
  }

  /** The one that was used last, which is how two clients come to share a session at once. */
  lend(): Promise<Session> {
    const idle = this.#idle.pop()
    if (idle !== undefined) return Promise.resolve(idle)
    if (this.#all.size + this.#opening < this.#size) this.#open()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  giveBack(session: Session): void {
    session.client = undefined
    const next = this.#waiting.shift()
    if (next === undefined) this.#idle.push(session)
    else next(session)
  }

  #open(): void {
    this.#opening += 1
    const socket = connect(Number(this.#url.port), this.#url.hostname)
    socket.setNoDelay(true)
    const session: Session = { socket, client: undefined }
    let isReady = false
    socket.on('connect', () => {
      const user = decodeURIComponent(this.#url.username)
      const body = `user\0${user}\0database\0${this.#url.pathname.slice(1)}\0\0`
      socket.write(Buffer.concat([int32(8 + body.length), int32(196_608), Buffer.from(body)]))
    })
    readFrames(socket, (frame) => {
      if (isReady) return session.client?.answer(frame)
      if (typeOf(frame) === 'S' && this.#all.size === 0) this.#parameters.push(frame)
      if (typeOf(frame) !== 'Z') return
      isReady = true
      this.#opening -= 1
      this.#all.add(session)
      this.giveBack(session)
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      if (!isReady) this.#opening -= 1
      this.#all.delete(session)
      const index = this.#idle.indexOf(session)
      if (index >= 0) this.#idle.splice(index, 1)
      session.client?.lost()
    })
  }

  close(): void {
    for (const { socket } of this.#all) socket.destroy()
  }
}

function serveClient(socket: Socket, sessions: SessionPool): void {
  readStart(socket, (start, rest) => {
    const unknown = start.find((name) => !knownParameters.has(name))
    if (unknown !== undefined) return void socket.end(refusal(`unsupported startup parameter: ${unknown}`))
    void sessions.parameters().then((parameters) => {
      const key = frameOf('K', int32(randomInt(1, 2 ** 31)), int32(randomInt(1, 2 ** 31)))
      socket.write(Buffer.concat([frameOf('R', int32(0)), ...parameters, key, frameOf('Z', Buffer.from('I'))]))
      relay(socket, sessions, rest)
    })
  })
}

/** Lends a session with the first message, takes it back when the server is ready and in no transaction. */
function relay(socket: Socket, sessions: SessionPool, rest: Buffer): void {
  let session: Session | undefined
  let isLending = false
  let unanswered = 0
  const waiting: Buffer[] = []
  const client = {
    answer(frame: Buffer) {
      socket.write(frame)
      if (typeOf(frame) !== 'Z') return
      unanswered -= 1
      if (frame[5] !== 'I'.charCodeAt(0) || unanswered > 0 || session === undefined) return
      const idle = session
      session = undefined
      sessions.giveBack(idle)
    },
    lost: () => void socket.destroy(),
  }
  readFrames(
    socket,
    (frame) => {
      const type = typeOf(frame)
      if (type === 'X') return void socket.end()
      if (type === 'Q' || type === 'S') unanswered += 1
      if (session !== undefined) return void session.socket.write(frame)
      waiting.push(frame)
      if (isLending) return
      isLending = true
      void sessions.lend().then((lent) => {
        isLending = false
        if (socket.destroyed) return sessions.giveBack(lent)
        session = lent
        lent.client = client
        for (const frame of waiting.splice(0)) lent.socket.write(frame)
      })
    },
    rest,
  )
  // Whoever leaves in the middle of a transaction takes the session along.
  socket.on('close', () => session?.socket.destroy())
}

/** The names of the parameters that a client starts with, and what came behind them. */
function readStart(socket: Socket, started: (names: readonly string[], rest: Buffer) => void): void {
  let buffer: Buffer = Buffer.alloc(0)
  const read = (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk])
    if (buffer.length < 8 || buffer.length < buffer.readInt32BE(0)) return
    const length = buffer.readInt32BE(0)
    const code = buffer.readInt32BE(4)
    const texts = buffer.toString('utf8', 8, length).split('\0')
    buffer = buffer.subarray(length)
    if (code === cancelRequest) return void socket.destroy()
    if (code === sslRequest) return void socket.write('N')
    socket.off('data', read)
    started(
      texts.filter((text, index) => index % 2 === 0 && text !== ''),
      buffer,
    )
  }
  socket.on('data', read)
}

/** Calls `take` with every whole message: a letter, the length of the rest, the rest. */
function readFrames(socket: Socket, take: (frame: Buffer) => void, start: Buffer = Buffer.alloc(0)): void {
  let buffer: Buffer = Buffer.alloc(0)
  const read = (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk])
    while (buffer.length >= 5) {
      const length = 1 + buffer.readInt32BE(1)
      if (buffer.length < length) return
      const frame = buffer.subarray(0, length)
      buffer = buffer.subarray(length)
      take(frame)
    }
  }
  socket.on('data', read)
  read(start)
}

function typeOf(frame: Buffer): string {
  return String.fromCharCode(frame[0] ?? 0)
}

function frameOf(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from(type), int32(4 + body.length), body])
}

function refusal(message: string): Buffer {
  return frameOf('E', Buffer.from(`SFATAL\0VFATAL\0C08P01\0M${message}\0\0`))
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4)
  buffer.writeInt32BE(value)
  return buffer
}
