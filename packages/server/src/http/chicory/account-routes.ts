import { z } from 'zod'
import { requireAdministrator, requireScope } from '../../accounts/authorize.ts'
import type { Principal } from '../../accounts/principal.ts'
import { findPasswordHash } from '../../accounts/sign-in/password-store.ts'
import { inviteUser, linkBytes, makeLinkToken } from '../../accounts/sign-in/sign-in-link-store.ts'
import type { User } from '../../accounts/user.ts'
import { changeUser, createUser, findUser, listUsers } from '../../accounts/user-store.ts'
import { QuoryError } from '../../errors.ts'
import { parseId, type UserId } from '../../ids.ts'
import { deleteUserWithWork } from '../../projects/delete-user.ts'
import { findDefaultProject } from '../../projects/home-project-store.ts'
import { acceptInvitations } from '../../projects/invitation-store.ts'
import { listProjects } from '../../projects/project-store.ts'
import type { Services } from '../services.ts'
import { originOf } from '../session-cookie.ts'
import type { Server } from '../validation.ts'
import { me, meChange, newUser, user, userParams } from './account-schemas.ts'
import { signInLink } from './auth-schemas.ts'
import { presentPage } from './present.ts'
import { confirmation, pageQuery, problem, refusals } from './schemas.ts'

type AccountServices = Pick<Services, 'db' | 'wakeUp' | 'log' | 'authenticator' | 'files' | 'config'>

const tags = ['users']

export function registerAccountRoutes(server: Server, services: AccountServices): void {
  registerMeRoutes(server, services)
  registerUserRoutes(server, services)
}

function registerMeRoutes(server: Server, { db }: AccountServices): void {
  server.get(
    '/me',
    {
      schema: {
        tags,
        summary: 'Who Am I',
        description: 'With your projects; those that your e-mail was invited to are among them from now on.',
        response: { 200: me, ...refusals },
      },
    },
    async ({ principal }) => {
      await acceptInvitations(db, principal)
      return await describeMe(principal)
    },
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
      const { name, recalls_other_chats: recalls } = body
      await changeUser(db.query, principal.userId, { name: name ?? undefined, recalls: recalls ?? undefined })
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
      has_password: (await findPasswordHash(db.query, principal.userId)) !== undefined,
      projects: items.map(({ id, name, role }) => ({ id, name, role })),
    }
  }
}

function registerUserRoutes(server: Server, services: AccountServices): void {
  const { db, authenticator, config } = services
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
  server.post(
    '/users/:user_id/sign-in-link',
    {
      schema: {
        tags,
        summary: 'Make A Sign-In Link',
        description:
          'For one use within seven days: whoever opens it signs in as this user and sets their password. It invites, and ' +
          'it lets in again who forgot theirs.',
        params: userParams,
        response: { 201: signInLink, ...refusals },
      },
    },
    async (request, reply) => {
      requireAdministrator(request.principal)
      const token = makeLinkToken(request.ids.secret(linkBytes))
      const expires_at = await inviteUser(db.query, request.principal, userIdOf(request.params), token)
      const url = `${originOf(config, request)}/welcome?token=${token}`
      return reply.code(201).send({ token, url, expires_at })
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

function presentUser({ id, email, name, role, created_at, updated_at }: User) {
  return { id, email, name, role, created_at, updated_at }
}

export function userNotFound(id: string): QuoryError {
  return new QuoryError('user_not_found', `User with ID ${id} not found`)
}

export function userIdOf({ user_id }: { user_id: string }): UserId {
  const id = parseId<UserId>(user_id)
  if (id === undefined) throw userNotFound(user_id)
  return id
}
