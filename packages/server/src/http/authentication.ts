import type { FastifyRequest } from 'fastify'
import { QuoryError } from '../errors.ts'
import type { Services } from './services.ts'
import { authenticateByCookie } from './session-cookie.ts'
import type { Server } from './validation.ts'

/** Who is asking, for dialects that answer 401: any failure is the same, whatever was wrong. */
export function requireBearer(
  server: Server,
  services: Pick<Services, 'authenticator' | 'config' | 'installation'>,
): void {
  server.addHook('onRequest', async (request: FastifyRequest) => {
    if (request.routeOptions.config.isPublic === true) return
    const { authorization } = request.headers
    const [scheme, credential] = (authorization ?? '').split(' ', 2)
    const principal =
      authorization === undefined
        ? await authenticateByCookie(services, request)
        : scheme?.toLowerCase() === 'bearer' && credential !== undefined && credential !== ''
          ? await services.authenticator.authenticate(credential)
          : undefined
    if (principal === undefined) {
      throw new QuoryError('unauthenticated', 'Sign in, or send a valid key or token as "Authorization: Bearer …"')
    }
    request.principal = principal
  })
}
