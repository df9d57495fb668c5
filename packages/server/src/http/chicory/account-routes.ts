import { z } from 'zod'
import { apiKeyBytes, makeApiKey } from '../../accounts/api-key.ts'
import { createApiKey, listApiKeys, revokeApiKey } from '../../accounts/api-key-store.ts'
import { requireAccount, requireAdministrator, requireScope } from '../../accounts/authorize.ts'
import type { Principal } from '../../accounts/principal.ts'
import type { User } from '../../accounts/user.ts'
import { createUser, findUser, listUsers, setRecall } from '../../accounts/user-store.ts'
import { invalidField, QuoryError } from '../../errors.ts'
import { type ApiKeyId, parseId, type UserId } from '../../ids.ts'
import { deleteUserWithWork } from '../../projects/delete-user.ts'
import { findDefaultProject } from '../../projects/home-project-store.ts'
import { listProjects } from '../../projects/project-store.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import {
  apiKey,
  apiKeyParams,
  createdApiKey,
  me,
  meChange,
  newApiKey,
  newUser,
  user,
  userParams,
} from './account-schemas.ts'
import { presentPage } from './present.ts'
import { confirmation, pageQuery, problem, refusals } from './schemas.ts'

type AccountServices = Pick<Services, 'db' | 'wakeUp' | 'log' | 'authenticator' | 'files'>

export function registerAccountRoutes(server: Server, services: AccountServices): void {
  registerUserRoutes(server, services)
  registerApiKeyRoutes(server, services)
}

function registerUserRoutes(server: Server, services: AccountServices): void {
  const { db, authenticator } = services
  const tags = ['users']
  server.get(
    '/me',
    { schema: { tags, summary: 'Who Am I', response: { 200: me, ...refusals } } },
    async ({ principal }) => await describeMe(principal),
  )
  server.patch(
    '/me',
    {
      schema: {
        tags,
        summary: 'Change My Settings',
        description: '`recalls_other_chats`: answers may search your other chats of the same project. Off by default.',
        body: meChange,
        response: { 200: me, ...refusals },
      },
    },
    async ({ principal, body }) => {
      requireScope(principal, 'admin')
      const { recalls_other_chats: recalls } = body
      if (typeof recalls === 'boolean') await setRecall(db.query, principal.userId, recalls)
      return await describeMe(principal)
    },
  )

  async function describeMe(principal: Principal) {
    const found = await findUser(db.query, principal.userId)
    if (found === undefined) throw userNotFound(principal.userId)
    const home = await findDefaultProject(db, principal)
    const { items } = await listProjects(db.query, principal, {})
    return {
      ...presentUser(found),
      scope: principal.scope,
      default_project_id: home.id,
      recalls_other_chats: found.recalls_other_chats,
      projects: items.map(({ id, name, role }) => ({ id, name, role })),
    }
  }
  server.get(
    '/users',
    {
      schema: {
        tags,
        summary: 'List Users',
        querystring: pageQuery,
        response: { 200: z.object({ users: z.array(user) }), ...refusals },
      },
    },
    async (request, reply) => ({
      users: presentPage(reply, await listUsers(db.query, request.principal, request.query), presentUser),
    }),
  )
  server.post(
    '/users',
    { schema: { tags, summary: 'Create User', body: newUser, response: { 201: user, ...refusals, 409: problem } } },
    async (request, reply) => {
      requireAdministrator(request.principal)
      const { email, name, role } = request.body
      const made = await createUser(db.query, request.principal, {
        id: request.ids.next<UserId>(),
        email,
        name: name ?? undefined,
        role: role ?? undefined,
      })
      return reply.code(201).send(presentUser(made))
    },
  )
  server.delete(
    '/users/:user_id',
    {
      schema: {
        tags,
        summary: 'Delete User',
        description: 'With their keys, chats and the projects that are theirs alone; shared projects stay.',
        params: userParams,
        response: { 200: confirmation, ...refusals, 409: problem },
      },
    },
    async ({ principal, params }) => {
      requireAdministrator(principal)
      const id = userIdOf(params)
      await deleteUserWithWork(services, principal, id)
      authenticator.forget({ userId: id })
      return { message: 'User deleted successfully' }
    },
  )
}

function registerApiKeyRoutes(server: Server, { db, authenticator }: AccountServices): void {
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

  async function requireUser(principal: Parameters<typeof requireAccount>[0], id: UserId): Promise<void> {
    requireAccount(principal, id)
    if ((await findUser(db.query, id)) === undefined) throw userNotFound(id)
  }
}

function presentUser({ id, email, name, role, created_at, updated_at }: User) {
  return { id, email, name, role, created_at, updated_at }
}

function userNotFound(id: string): QuoryError {
  return new QuoryError('user_not_found', `User with ID ${id} not found`)
}

export function userIdOf({ user_id }: { user_id: string }): UserId {
  const id = parseId<UserId>(user_id)
  if (id === undefined) throw userNotFound(user_id)
  return id
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
