import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'

export interface DnsServer {
  /** As `Resolver.setServers` takes it. */
  readonly address: string
  /** Names in the order they were asked for, an entry each for A and AAAA. */
  readonly questions: readonly string[]
  /** What a name answers from now on: a list is always the same, a list of lists one after the other, the last again and again. */
  answer(name: string, addresses: readonly string[] | readonly (readonly string[])[]): void
  [Symbol.asyncDispose](): Promise<void>
}

const typeA = 1
const typeAaaa = 28

/** A name server on this machine that speaks DNS over UDP: A and AAAA, with a time to live of zero. */
export async function startDnsServer(): Promise<DnsServer> {
  const zones = new Map<string, (readonly string[])[]>()
  const questions: string[] = []
  const socket = createSocket('udp4')
  socket.on('message', (query, from) => {
    const { name, type, end } = readQuestion(query)
    questions.push(`${name} ${type === typeA ? 'A' : type === typeAaaa ? 'AAAA' : type}`)
    const answers = zones.get(name)
    // The answer changes from one look-up to the next, not between the A and the AAAA of one.
    const current = answers?.[0] ?? []
    if (type === typeAaaa && (answers?.length ?? 0) > 1) setImmediate(() => answers?.shift())
    const records = current.filter((address) => isIPv6(address) === (type === typeAaaa))
    socket.send(
      writeAnswer(query.subarray(0, end), type, answers === undefined ? undefined : records),
      from.port,
      from.address,
    )
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return {
    address: `127.0.0.1:${socket.address().port}`,
    questions,
    answer: (name, addresses) => {
      const [first] = addresses
      // A list of lists when its first entry is one.
      const list = typeof first === 'string' || first === undefined ? [addresses] : addresses
      zones.set(name, [...(list as readonly (readonly string[])[])])
    },
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void socket.close(() => resolve())),
  }
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 }
}

/** Header and question as they came, then a record for each address; undefined: there is no such name. */
function writeAnswer(question: Buffer, type: number, addresses: readonly string[] | undefined): Buffer {
  const head = Buffer.from(question)
  head.writeUInt16BE(addresses === undefined ? 0x8183 : 0x8180, 2)
  head.writeUInt16BE(addresses?.length ?? 0, 6)
  head.writeUInt32BE(0, 8)
  const records = (addresses ?? []).map((address) => {
    const data = type === typeAaaa ? ipv6Bytes(address) : Buffer.from(address.split('.').map(Number))
    const record = Buffer.alloc(12)
    record.writeUInt16BE(0xc00c, 0)
    record.writeUInt16BE(type, 2)
    record.writeUInt16BE(1, 4)
    record.writeUInt16BE(data.length, 10)
    return Buffer.concat([record, data])
  })
  return Buffer.concat([head, ...records])
}

function ipv6Bytes(address: string): Buffer {
  const [before = '', after] = address.split('::')
  const words = (text: string) => text.split(':').filter((word) => word !== '')
  const [head, tail] = [words(before), words(after ?? '')]
  const zeros = Array<string>(8 - head.length - tail.length).fill('0')
  const all = after === undefined ? head : [...head, ...zeros, ...tail]
  return Buffer.from(all.map((word) => word.padStart(4, '0')).join(''), 'hex')
}
