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
  services: Pick<Services, 'db' | 'authenticator' | 'config'>,
  request: FastifyRequest,
  chat: ChatRef,
): () => Promise<boolean> {
  const { db, authenticator } = services
  const credential = (request.headers.authorization ?? '').replace(/^\S+\s+/, '').trim()
  let principal = request.principal
  return async () => {
    // Before the credential: a deleted user's token would make the user anew.
    if ((await mayReadChat(db.query, principal, chat)) === false) return false
    const current =
      credential === '' ? await authenticateByCookie(services, request) : await authenticator.authenticate(credential)
    if (current === undefined || current.userId !== principal.userId) return false
    principal = current
    return true
  }
}
