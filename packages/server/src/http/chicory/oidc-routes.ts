import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { createOidc, type Oidc } from '../../accounts/sign-in/oidc.ts'
import { QuoryError } from '../../errors.ts'
import type { Services } from '../services.ts'
import { giveSession, originOf, readCookie, setCookie } from '../session-cookie.ts'
import type { Server } from '../validation.ts'
import { oidcCallback, oidcStart } from './auth-schemas.ts'
import { problem, refusals } from './schemas.ts'

const attemptCookie = 'quory_oidc'
const attemptPath = '/v1/auth/oidc'
const attemptSeconds = 600

const attempt = z.object({ state: z.string(), verifier: z.string(), nonce: z.string(), next: z.string() })
type Attempt = z.infer<typeof attempt>

type OidcServices = Pick<Services, 'config' | 'installation' | 'signIn' | 'logger'>

/** There and back again: both are pages that a browser goes to, so what fails is told by the sign-in page. */
export function registerOidcRoutes(server: Server, services: OidcServices): void {
  const { config, signIn, logger } = services
  const oidc = config.oidc === undefined ? undefined : createOidc(config.oidc)
  const options = { tags: ['auth'], response: { 302: z.null(), 404: problem, 422: refusals[422] } }

  server.get(
    '/auth/oidc/start',
    {
      config: { isPublic: true },
      schema: {
        ...options,
        summary: 'Sign In With OpenID',
        description: 'Sends a browser to the provider. `next` is a path of this server to come back to.',
        querystring: oidcStart,
      },
    },
    async (request, reply) => {
      const next = ownPath(request.query.next)
      try {
        const { url, attempt: made } = await requireOidc(oidc).begin(redirectUri(request))
        const value = Buffer.from(JSON.stringify({ ...made, next })).toString('base64url')
        keepAttempt(request, reply, value, attemptSeconds)
        return await reply.redirect(url)
      } catch (error) {
        return await giveUp(reply, 'provider', error)
      }
    },
  )
  server.get(
    '/auth/oidc/callback',
    {
      config: { isPublic: true },
      schema: {
        ...options,
        summary: 'Come Back From OpenID',
        description: 'Where the provider sends the browser.',
        querystring: oidcCallback,
      },
    },
    async (request, reply) => {
      const begun = readAttempt(services, request)
      keepAttempt(request, reply, '', 0)
      if (begun === undefined) return await giveUp(reply, 'expired')
      try {
        const { search } = new URL(request.url, 'http://localhost')
        const identity = await requireOidc(oidc).finish(new URL(redirectUri(request) + search), begun)
        const session = await signIn.signInByProvider(identity)
        if (session === undefined) return await giveUp(reply, 'unknown')
        giveSession(services, request, reply)(session)
        return await reply.redirect(ownPath(begun.next))
      } catch (error) {
        return await giveUp(reply, 'provider', error)
      }
    },
  )

  function redirectUri(request: FastifyRequest): string {
    return `${originOf(config, request)}${attemptPath}/callback`
  }

  function keepAttempt(request: FastifyRequest, reply: FastifyReply, value: string, keptSeconds: number): void {
    setCookie(services, request, reply, { name: attemptCookie, value, keptSeconds, path: attemptPath })
  }

  async function giveUp(reply: FastifyReply, reason: string, error?: unknown) {
    if (error instanceof QuoryError) throw error
    if (error !== undefined) logger.warn({ error: String(error) }, 'signing in with OpenID failed')
    return await reply.redirect(`/sign-in?problem=${reason}`)
  }
}

function requireOidc(oidc: Oidc | undefined): Oidc {
  if (oidc === undefined) throw new QuoryError('route_not_found', 'No OpenID provider is set up here')
  return oidc
}

function readAttempt(services: OidcServices, request: FastifyRequest): Attempt | undefined {
  try {
    const text = Buffer.from(readCookie(services, request, attemptCookie) ?? '', 'base64url').toString()
    return attempt.parse(JSON.parse(text))
  } catch (error) {
    // Whatever a browser sends in a cookie of ours that we did not write.
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined
    throw error
  }
}

/** A path of this server; everything else is its first page. */
function ownPath(text: string | undefined): string {
  const base = 'http://localhost'
  const url = text?.startsWith('/') === true ? URL.parse(text, base) : null
  return url?.origin === base ? url.pathname + url.search + url.hash : '/'
}
