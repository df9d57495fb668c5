import type { FastifyRequest } from 'fastify'
import type { ChatRef } from '../chats/chat.ts'
import { mayReadChat } from '../chats/chat-access-store.ts'
import type { Services } from './services.ts'
import { authenticateByCookie } from './session-cookie.ts'

/**
 * Asks anew whether the reader of a stream may read it: the key, token or session still stands, its user is still in the project.
 * A chat that is gone is no refusal: the log says how its answer ended.
 */
export function checkAccess(
  services: Pick<Services, 'db' | 'authenticator' | 'config' | 'installation'>,
  request: FastifyRequest,
  chat: ChatRef,
): () => Promise<boolean> {
  const isStillKnown = checkCredential(services, request)
  // Before the credential: a deleted user's token would make the user anew.
  return async () => (await mayReadChat(services.db.query, request.principal, chat)) !== false && (await isStillKnown())
}

/** Asks anew whether the key, token or session of a stream's reader still stands, for the same user. */
export function checkCredential(
  services: Pick<Services, 'db' | 'authenticator' | 'config' | 'installation'>,
  request: FastifyRequest,
): () => Promise<boolean> {
  const credential = (request.headers.authorization ?? '').replace(/^\S+\s+/, '').trim()
  return async () => {
    const current =
      credential === ''
        ? await authenticateByCookie(services, request)
        : await services.authenticator.authenticate(credential)
    return current?.userId === request.principal.userId
  }
}
