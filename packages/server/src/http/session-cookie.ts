import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Authenticator } from '../accounts/authenticate.ts'
import type { Principal } from '../accounts/principal.ts'
import type { Config } from '../config.ts'

const sessionCookie = 'quory_session'
/** As long as browsers keep any: when a session ends is the server's to say. */
const keptSeconds = 400 * 86_400

/** A browser sends a host's cookies to all of its ports: each installation has names of its own. */
export interface CookieServices {
  readonly config: Pick<Config, 'publicUrl'>
  readonly installation: string
}

/** The user that the browser's session cookie names, when the request comes from our own page. */
export async function authenticateByCookie(
  services: CookieServices & { readonly authenticator: Authenticator },
  request: FastifyRequest,
): Promise<Principal | undefined> {
  const token = readSession(services, request)
  return token === undefined ? undefined : await services.authenticator.authenticateSession(token)
}

/** A cookie goes along with whatever any site makes a browser send, so it counts only for requests of our own page. */
export function readSession(services: CookieServices, request: FastifyRequest): string | undefined {
  const token = readCookie(services, request, sessionCookie)
  return token !== undefined && isSameOrigin(services.config, request) ? token : undefined
}

export function readCookie(services: CookieServices, { headers }: FastifyRequest, name: string): string | undefined {
  const start = `${nameHere(services, name)}=`
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim())
  return pairs.find((pair) => pair.startsWith(start))?.slice(start.length)
}

function nameHere({ installation }: CookieServices, name: string): string {
  return `${name}_${installation}`
}

const reading = new Set(['GET', 'HEAD'])

/**
 * Without HTTPS a browser says nothing of a page that only reads, which another site's page cannot do with what it gets:
 * `SameSite` keeps the cookie from it, and CORS the answer.
 */
function isSameOrigin(config: Pick<Config, 'publicUrl'>, request: FastifyRequest): boolean {
  const page = pageOf(config, request)
  return page === 'own' || (page === 'unsaid' && reading.has(request.method))
}

/** Nobody is to be signed in to an account of somebody else's choice by a page of theirs. */
export function isFromElsewhere(config: Pick<Config, 'publicUrl'>, request: FastifyRequest): boolean {
  return pageOf(config, request) === 'foreign'
}

/** Whose page makes this request, as the browser says; programs that are none say nothing. */
function pageOf({ publicUrl }: Pick<Config, 'publicUrl'>, request: FastifyRequest): 'own' | 'foreign' | 'unsaid' {
  const { 'sec-fetch-site': site, origin } = request.headers
  if (site !== undefined) return site === 'same-origin' || site === 'none' ? 'own' : 'foreign'
  if (origin === undefined) return 'unsaid'
  const from = URL.parse(origin)
  return from !== null && (from.host === request.host || from.origin === publicUrl) ? 'own' : 'foreign'
}

/** The scheme and host by which this request's browser knows us. */
export function originOf({ publicUrl }: Pick<Config, 'publicUrl'>, request: FastifyRequest): string {
  return publicUrl ?? `${request.protocol}://${request.host}`
}

export function giveSession(services: CookieServices, request: FastifyRequest, reply: FastifyReply) {
  return (token: string): void =>
    setCookie(services, request, reply, { name: sessionCookie, value: token, keptSeconds })
}

export function takeSession(services: CookieServices, request: FastifyRequest, reply: FastifyReply): void {
  setCookie(services, request, reply, { name: sessionCookie, value: '', keptSeconds: 0 })
}

interface NewCookie {
  readonly name: string
  readonly value: string
  readonly keptSeconds: number
  readonly path?: string
}

/** Never shown to scripts, and with HTTPS never sent without it. */
export function setCookie(
  services: CookieServices,
  request: FastifyRequest,
  reply: FastifyReply,
  { name, value, keptSeconds: seconds, path = '/' }: NewCookie,
): void {
  const secure = originOf(services.config, request).startsWith('https:') ? '; Secure' : ''
  const cookie = `${nameHere(services, name)}=${value}`
  reply.header('set-cookie', `${cookie}; Path=${path}; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`)
}
