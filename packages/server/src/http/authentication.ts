import type { FastifyRequest } from 'fastify'
import { QuoryError } from '../errors.ts'
import type { Services } from './services.ts'
import type { Server } from './validation.ts'

/** Who is asking, for dialects that answer 401: any failure is the same, whatever was wrong. */
export function requireBearer(server: Server, { authenticator }: Pick<Services, 'authenticator'>): void {
  server.addHook('onRequest', async (request: FastifyRequest) => {
    if (request.routeOptions.config.isPublic === true) return
    const [scheme, credential] = (request.headers.authorization ?? '').split(' ', 2)
    const principal =
      scheme?.toLowerCase() === 'bearer' && credential !== undefined && credential !== ''
        ? await authenticator.authenticate(credential)
        : undefined
    if (principal === undefined) {
      throw new QuoryError('unauthenticated', 'Send a valid key or token as "Authorization: Bearer …"')
    }
    request.principal = principal
  })
}
