import { type ClientRequestArgs, Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { isIP, type LookupFunction, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Agent, buildConnector } from 'undici'
import type { AdmitHost } from './admit-host.ts'
import { EgressRefused } from './egress-error.ts'
import { plainAddress } from './public-address.ts'

const connectTimeoutMs = 10_000
const idleTimeoutMs = 30_000
const maxHeaderBytes = 64 * 1024
/** A site that answers slowly must not take every socket. */
const connectionsPerOrigin = 16

/**
 * An undici agent whose every new connection is admitted first and then goes to an address that was just looked at, so
 * that a name which answers differently a moment later gets nowhere. It takes no proxy from the environment.
 */
export async function createGuardedAgent(admit: AdmitHost): Promise<Agent> {
  const undici = await import('undici')
  const connect: buildConnector.connector = (options, callback) => {
    openSocket(undici.buildConnector, admit, options).then(
      (socket) => callback(null, socket),
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
    )
  }
  return new undici.Agent({
    connect,
    connections: connectionsPerOrigin,
    allowH2: false,
    maxHeaderSize: maxHeaderBytes,
    headersTimeout: idleTimeoutMs,
    bodyTimeout: idleTimeoutMs,
  })
}

async function openSocket(
  build: typeof buildConnector,
  admit: AdmitHost,
  options: buildConnector.Options,
): Promise<Socket> {
  const port = Number(options.port === '' ? (options.protocol === 'https:' ? 443 : 80) : options.port)
  const addresses = await admit(options.hostname, port)
  const connect = build({
    timeout: connectTimeoutMs,
    allowH2: false,
    maxCachedSessions: 0,
    lookup: lookupAmong(addresses),
    autoSelectFamily: true,
  })
  return await new Promise<Socket>((resolve, reject) => {
    connect(options, (error, socket) => {
      if (error !== null) reject(error)
      else if (isAmong(addresses, socket)) resolve(socket)
      else {
        socket.destroy()
        reject(new EgressRefused(`The connection to ${options.hostname} did not go where it was sent.`))
      }
    })
  })
}

/** The last word of the check: where the socket really ended up. */
function isAmong(addresses: readonly string[], { remoteAddress }: Socket): boolean {
  return remoteAddress !== undefined && addresses.map(plainAddress).includes(plainAddress(remoteAddress))
}

/** Answers a connection's look-up with what was looked up before it. */
function lookupAmong(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }))
  return (name, options, callback) => {
    const family = options.family === 'IPv4' ? 4 : options.family === 'IPv6' ? 6 : (options.family ?? 0)
    const fitting = family === 0 ? found : found.filter((each) => each.family === family)
    const [first] = fitting
    if (first === undefined) callback(Object.assign(new Error(`No address of ${name}`), { code: 'ENOTFOUND' }), [])
    else if (options.all === true) callback(null, fitting)
    else callback(null, first.address, first.family)
  }
}

export interface NodeAgents {
  readonly http: HttpAgent
  readonly https: HttpsAgent
}

type Connected = (error: Error | null, socket: Duplex) => void

/** The same for libraries that call through `node:http` and take an agent. */
export function createNodeAgents(admit: AdmitHost): NodeAgents {
  const options = { keepAlive: true, maxSockets: connectionsPerOrigin, timeout: idleTimeoutMs }
  return { http: new GuardedHttpAgent(admit, options), https: new GuardedHttpsAgent(admit, options) }
}

class GuardedHttpAgent extends HttpAgent {
  readonly #admit: AdmitHost
  constructor(admit: AdmitHost, options: ConstructorParameters<typeof HttpAgent>[0]) {
    super(options)
    this.#admit = admit
  }
  override createConnection(options: ClientRequestArgs, callback: Connected): undefined {
    const connect = (pinned: ClientRequestArgs) => super.createConnection(pinned)
    openNodeSocket(this.#admit, options, 80, connect).then((socket) => callback(null, socket), asError(callback))
  }
}

class GuardedHttpsAgent extends HttpsAgent {
  readonly #admit: AdmitHost
  constructor(admit: AdmitHost, options: ConstructorParameters<typeof HttpsAgent>[0]) {
    super(options)
    this.#admit = admit
  }
  override createConnection(options: ClientRequestArgs, callback: Connected): undefined {
    const connect = (pinned: ClientRequestArgs) => super.createConnection(pinned)
    openNodeSocket(this.#admit, options, 443, connect).then((socket) => callback(null, socket), asError(callback))
  }
}

function asError(callback: Connected): (error: unknown) => void {
  // Node's declaration wants a stream next to the error, which it never looks at.
  return (error) => callback(error instanceof Error ? error : new Error(String(error)), undefined as unknown as Duplex)
}

async function openNodeSocket(
  admit: AdmitHost,
  options: ClientRequestArgs,
  defaultPort: number,
  connect: (options: ClientRequestArgs) => Duplex | null | undefined,
): Promise<Duplex> {
  if (options.socketPath != null) throw new EgressRefused('Only hosts are called, not sockets of this machine.')
  const addresses = await admit(options.host ?? 'localhost', Number(options.port ?? defaultPort))
  const socket = connect({ ...options, lookup: lookupAmong(addresses), autoSelectFamily: true } as ClientRequestArgs)
  if (socket == null) throw new Error('The agent opened no connection')
  return socket
}
