import { z } from 'zod'
import { apiKeyBytes, makeApiKey } from '../../accounts/api-key.ts'
import { createApiKey, listApiKeys, revokeApiKey } from '../../accounts/api-key-store.ts'
import { requireAccount, requireScope } from '../../accounts/authorize.ts'
import type { Principal } from '../../accounts/principal.ts'
import { findUser } from '../../accounts/user-store.ts'
import { invalidField, QuoryError } from '../../errors.ts'
import { type ApiKeyId, parseId, type UserId } from '../../ids.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { userIdOf, userNotFound } from './account-routes.ts'
import { apiKey, apiKeyParams, createdApiKey, newApiKey, userParams } from './account-schemas.ts'
import { presentPage } from './present.ts'
import { confirmation, pageQuery, refusals } from './schemas.ts'

export function registerApiKeyRoutes(
  server: Server,
  { db, authenticator }: Pick<Services, 'db' | 'authenticator'>,
): void {
  const tags = ['api-keys']
  server.get(
    '/users/:user_id/api-keys',
    {
      schema: {
        tags,
        summary: 'List API Keys',
        params: userParams,
        querystring: pageQuery,
        response: { 200: z.object({ api_keys: z.array(apiKey) }), ...refusals },
      },
    },
    async (request, reply) => {
      const id = userIdOf(request.params)
      await requireUser(request.principal, id)
      const page = await listApiKeys(db.query, request.principal, id, request.query)
      return { api_keys: presentPage(reply, page, (key) => key) }
    },
  )
  server.post(
    '/users/:user_id/api-keys',
    {
      schema: {
        tags,
        summary: 'Create API Key',
        description: 'The key is in this answer only; the server keeps its hash.',
        params: userParams,
        body: newApiKey,
        response: { 201: createdApiKey, ...refusals },
      },
    },
    async (request, reply) => {
      const userId = userIdOf(request.params)
      requireAccount(request.principal, userId)
      const { name, scope, expires_at: expiresAt } = request.body ?? {}
      const key = makeApiKey(request.ids.secret(apiKeyBytes))
      const made = await createApiKey(db.query, request.principal, {
        id: request.ids.next<ApiKeyId>(),
        userId,
        key,
        name: name ?? undefined,
        scope: scope ?? undefined,
        expiresAt: expiresAt === undefined || expiresAt === null ? null : futureTime(expiresAt),
      })
      return reply.code(201).send({ ...made, key })
    },
  )
  server.delete(
    '/users/:user_id/api-keys/:key_id',
    { schema: { tags, summary: 'Revoke API Key', params: apiKeyParams, response: { 200: confirmation, ...refusals } } },
    async ({ principal, params }) => {
      requireScope(principal, 'admin')
      const userId = userIdOf(params)
      const keyId = parseId<ApiKeyId>(params.key_id)
      if (keyId === undefined || !(await revokeApiKey(db.query, principal, userId, keyId))) {
        requireAccount(principal, userId)
        throw new QuoryError('api_key_not_found', `API key with ID ${params.key_id} not found`)
      }
      authenticator.forget({ keyId })
      return { message: 'API key revoked' }
    },
  )

  async function requireUser(principal: Principal, id: UserId): Promise<void> {
    requireAccount(principal, id)
    if ((await findUser(db.query, id)) === undefined) throw userNotFound(id)
  }
}

function futureTime(text: string): string {
  const time = new Date(text)
  if (time.getTime() > Date.now()) return time.toISOString()
  throw invalidField({
    type: 'value_error',
    loc: ['body', 'expires_at'],
    msg: 'Value error, a key must expire in the future',
    input: text,
  })
}
