import { z } from 'zod'
import { makeQuivrKey, quivrKeyBytes } from '../../accounts/api-key.ts'
import { createApiKey, listApiKeys, revokeApiKey } from '../../accounts/api-key-store.ts'
import { now, timeFromNow } from '../../database/database.ts'
import { QuoryError } from '../../errors.ts'
import type { ApiKeyId } from '../../ids.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { looseInteger, looseText, uuid } from './fields.ts'
import { presentTime, setPageHeaders } from './present.ts'
import { confirmation, id, pageQuery, refusals, time } from './schemas.ts'

const tags = ['quivr']
const dayMs = 86_400_000

const newKey = z
  .object({
    name: looseText({ max: 200 }).nullish(),
    days: looseInteger({ min: 1, max: 36_500 })
      .nullish()
      .meta({ description: 'How long the key works; left out: until it is deleted' }),
    only_chat: z.boolean().nullish().meta({ description: 'A key that asks and reads, and changes nothing else' }),
  })
  .nullish()
  .meta({ example: { name: 'laptop', days: 90 } })
const createdKey = z.object({
  api_key: z.string().meta({ example: '0f8fad5bd9cb469fa16570867728950e' }),
  key_id: id,
  days: z.int().meta({ description: '0: the key works until it is deleted' }),
  only_chat: z.boolean(),
  name: z.string(),
  creation_time: time,
  is_active: z.boolean(),
})

export function registerKeyRoutes(server: Server, { db, authenticator }: Pick<Services, 'db' | 'authenticator'>): void {
  server.post(
    '/api-key',
    {
      schema: {
        tags,
        summary: 'Make an API key; it is shown this once',
        body: newKey,
        response: { 200: createdKey, ...refusals },
      },
    },
    async (request) => {
      const { name, days, only_chat: onlyChat } = request.body ?? {}
      const key = makeQuivrKey(request.ids.secret(quivrKeyBytes))
      const created = await createApiKey(db.query, request.principal, {
        id: request.ids.next<ApiKeyId>(),
        userId: request.principal.userId,
        key,
        name: name || undefined,
        scope: onlyChat === true ? 'chat' : 'admin',
        expiresAt: days ? timeFromNow(days * dayMs) : null,
      })
      return {
        api_key: key,
        key_id: created.id,
        days: days ?? 0,
        only_chat: created.scope === 'chat',
        name: created.name,
        creation_time: presentTime(created.created_at),
        is_active: true,
      }
    },
  )
  server.get(
    '/api-keys',
    {
      schema: {
        tags,
        summary: "List the caller's keys that work",
        querystring: pageQuery,
        response: { 200: z.array(z.object({ key_id: id, creation_time: time })), ...refusals },
      },
    },
    async (request, reply) => {
      const page = await listApiKeys(db.query, request.principal, request.principal.userId, request.query)
      setPageHeaders(reply, page)
      const time = now()
      return page.items
        .filter((key) => key.expires_at === null || key.expires_at > time)
        .map((key) => ({ key_id: key.id, creation_time: presentTime(key.created_at) }))
    },
  )
  server.delete(
    '/api-key/:key_id',
    {
      schema: {
        tags,
        summary: 'Delete a key; it stops working within five seconds everywhere',
        params: z.object({ key_id: uuid<ApiKeyId>() }),
        response: { 200: confirmation, ...refusals },
      },
    },
    async (request) => {
      const { key_id: keyId } = request.params
      const isRevoked = await revokeApiKey(db.query, request.principal, request.principal.userId, keyId)
      if (!isRevoked) throw new QuoryError('api_key_not_found', 'API key not found')
      authenticator.forget({ keyId })
      return { message: 'API key deleted.' }
    },
  )
}
