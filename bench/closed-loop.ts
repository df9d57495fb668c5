import { connect } from 'node:net'

export interface HttpCall {
  readonly key: string
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: string
}

interface LoopOptions {
  readonly url: string
  readonly connections: number
  /** Asked for before each request; `undefined` ends that connection's loop. */
  next(): HttpCall | undefined
  /** Called with the status and the time of each answer. */
  done(call: HttpCall, status: number, ms: number): void
}

/**
 * Keep-alive connections that each send a request when the last was answered. Plain sockets: an HTTP client costs more
 * CPU per request than many a server, and it shares the cores with what it measures.
 */
export async function runClosedLoop(options: LoopOptions): Promise<void> {
  await Promise.all(Array.from({ length: options.connections }, () => runConnection(options)))
}

function runConnection({ url, next, done }: LoopOptions): Promise<void> {
  const { hostname, port, host } = new URL(url)
  const socket = connect(Number(port), hostname).setNoDelay().setEncoding('latin1')
  let call: HttpCall | undefined
  let startedAt = 0
  let answer = ''
  const send = () => {
    call = next()
    if (call === undefined) return socket.end()
    const { key, method, path, body = '' } = call
    const type = body === '' ? '' : 'content-type: application/json\r\n'
    const head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${key}\r\n${type}`
    startedAt = performance.now()
    return socket.write(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  }
  return new Promise((resolve, reject) => {
    socket.on('connect', send)
    socket.on('data', (text: string) => {
      answer += text
      if (call === undefined || !isWhole(answer)) return
      done(call, Number(answer.slice(9, 12)), performance.now() - startedAt)
      answer = ''
      send()
    })
    socket.on('error', reject)
    socket.on('close', () => resolve())
  })
}

/** Answers of a JSON API carry their length. */
function isWhole(answer: string): boolean {
  const headEnd = answer.indexOf('\r\n\r\n')
  if (headEnd < 0) return false
  const length = /\r\ncontent-length: (\d+)/i.exec(answer.slice(0, headEnd))?.[1]
  if (length === undefined) throw new Error(`An answer without a length: ${answer.slice(0, headEnd)}`)
  return answer.length - headEnd - 4 >= Number(length)
}
