import type { FastifyRequest } from 'fastify'
import type { Principal } from '../../accounts/principal.ts'
import { QuoryError } from '../../errors.ts'
import type { Services } from '../services.ts'
import { authenticateByCookie } from '../session-cookie.ts'
import type { Server } from '../validation.ts'

/** Who is asking, refused in Quivr's statuses and words. */
export function requireQuivrBearer(
  server: Server,
  services: Pick<Services, 'authenticator' | 'config' | 'installation'>,
): void {
  server.addHook('onRequest', async (request: FastifyRequest) => {
    if (request.routeOptions.config.isPublic === true) return
    const byCookie =
      request.headers.authorization === undefined ? await authenticateByCookie(services, request) : undefined
    request.principal = byCookie ?? (await authenticateByHeader(request))
  })

  async function authenticateByHeader(request: FastifyRequest): Promise<Principal> {
    const header = request.headers.authorization ?? ''
    const blank = header.indexOf(' ')
    const scheme = blank < 0 ? header : header.slice(0, blank)
    const credential = blank < 0 ? '' : header.slice(blank + 1)
    if (scheme === '' || credential === '') throw new QuoryError('missing_credentials', 'Not authenticated')
    if (scheme.toLowerCase() !== 'bearer') {
      throw new QuoryError('missing_credentials', 'Invalid authentication credentials')
    }
    if (scheme !== 'Bearer') throw new QuoryError('unauthenticated', 'Token must be Bearer')
    const principal = await services.authenticator.authenticate(credential.trim())
    if (principal === undefined) throw new QuoryError('unauthenticated', 'Invalid token or api key.')
    return principal
  }
}
