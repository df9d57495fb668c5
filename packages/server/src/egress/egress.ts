import type { Agent, Dispatcher } from 'undici'
import type { AllowedHost } from '../allowed-host.ts'
import { type AdmitHost, createAdmission } from './admit-host.ts'
import { acceptedEncodings } from './decode-body.ts'
import { EgressFailure, EgressRefused } from './egress-error.ts'
import { createFetch, type FetchLimits } from './egress-fetch.ts'
import type { EgressRequest } from './egress-request.ts'
import { createGuardedAgent, createNodeAgents, type NodeAgents } from './guarded-connection.ts'
import { parseTarget } from './parse-target.ts'
import { createResolver, type ResolveHost } from './resolve-host.ts'
import { type EgressResponse, type Hop, limitTime, sendRequest } from './send-request.ts'

export type { EgressResponse }
export { EgressFailure, EgressRefused }

const redirectStatuses = new Set([301, 302, 303, 307, 308])
/** What a redirect to another origin still gets to see. Anything else may hold a secret. */
const harmlessHeaders = new Set(['accept', 'accept-encoding', 'accept-language', 'user-agent', 'range'])

interface EgressOptions {
  readonly allow: readonly AllowedHost[]
  readonly resolve?: ResolveHost
}

/**
 * The one way out to addresses that users can influence. It calls http and https on the public internet and what the
 * operator allows, with limits on time and size; everything else is refused in words, at every redirect. Addresses from
 * the settings are the operator's own and do not come through here.
 */
export class Egress {
  readonly #admit: AdmitHost
  #agent: Promise<Agent> | undefined
  #nodeAgents: NodeAgents | undefined

  constructor({ allow, resolve = createResolver() }: EgressOptions) {
    this.#admit = createAdmission({ allow, resolve })
  }

  /** Throws `EgressRefused` for an address that must not be called and `EgressFailure` for a call that did not work. */
  async request(address: string, options: EgressRequest): Promise<EgressResponse> {
    const { method = 'GET', body, maxRedirects = 5 } = options
    const { timeoutMs = 60_000, idleTimeoutMs = 30_000, maxBytes = 100_000_000 } = options
    const limit = limitTime(options.signal, timeoutMs)
    const headers = new Headers(options.headers)
    if (!headers.has('accept-encoding')) headers.set('accept-encoding', acceptedEncodings)
    const dispatcher = await this.dispatcher()
    const limits = { maxBytes, idleTimeoutMs, limit }
    let hop: Hop = { url: parseTarget(address), method: method.toUpperCase(), headers, body, ...limits }
    for (let redirects = 0; ; redirects++) {
      const response = await sendRequest(dispatcher, hop)
      const location = redirectStatuses.has(response.status) ? response.headers.get('location') : null
      if (location === null || maxRedirects === 0) return response
      await response[Symbol.asyncDispose]()
      if (redirects === maxRedirects)
        throw new EgressFailure('too_many_redirects', `${hop.url.host} sends on more than ${maxRedirects} times.`)
      hop = followed(hop, response.status, parseTarget(location, hop.url))
    }
  }

  /** A `fetch` for libraries that take one: whatever they call, and wherever it sends them, is checked. */
  fetchWithin(limits: FetchLimits = {}): typeof fetch {
    return createFetch((address, options) => this.request(address, options), limits)
  }

  /** For libraries that take an undici dispatcher. It checks where connections go; limits are the library's own. */
  dispatcher(): Promise<Dispatcher> {
    this.#agent ??= createGuardedAgent(this.#admit)
    return this.#agent
  }

  /** For libraries that take agents of `node:http`. They check where connections go; limits are the library's own. */
  nodeAgents(): NodeAgents {
    this.#nodeAgents ??= createNodeAgents(this.#admit)
    return this.#nodeAgents
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#nodeAgents?.http.destroy()
    this.#nodeAgents?.https.destroy()
    await (await this.#agent)?.destroy()
  }
}

/** The next request, as a browser would make it, less whatever the new place has no business knowing. */
function followed(hop: Hop, status: number, url: URL): Hop {
  const isGet = hop.method === 'GET' || hop.method === 'HEAD'
  const becomesGet = !isGet && (status === 303 || (status < 303 && hop.method === 'POST'))
  const body = becomesGet ? undefined : hop.body
  if (url.origin === hop.url.origin) return { ...hop, url, body, method: becomesGet ? 'GET' : hop.method }
  if (body !== undefined)
    throw new EgressRefused(`${hop.url.host} sends what it was sent on to ${url.host}, which was not asked for.`)
  const headers = new Headers([...hop.headers].filter(([name]) => harmlessHeaders.has(name)))
  return { ...hop, url, body, headers, method: becomesGet ? 'GET' : hop.method }
}
