import type { FastifyReply, FastifyRequest } from 'fastify'
import { requireScope } from '../../accounts/authorize.ts'
import { TooManyAttemptsError } from '../../accounts/sign-in/sign-in.ts'
import { firstAdministratorEmail } from '../../accounts/user.ts'
import { QuoryError } from '../../errors.ts'
import type { Services } from '../services.ts'
import { giveSession, isFromElsewhere, readSession, takeSession } from '../session-cookie.ts'
import type { Server } from '../validation.ts'
import { linkAnswer, linkQuestion, passwordChange, signIn, signInOptions, welcome } from './auth-schemas.ts'
import { registerOidcRoutes } from './oidc-routes.ts'
import { confirmation, problem, refusals } from './schemas.ts'

type AuthServices = Pick<Services, 'signIn' | 'config' | 'installation' | 'authenticator' | 'logger'>

const tags = ['auth']
const isPublic = { isPublic: true }
const invalid = { 422: refusals[422] }
const tried = { 403: problem, 429: problem, ...invalid }

/** Signing in: what the page uses. Programs send keys and need nothing of it. */
export function registerAuthRoutes(server: Server, services: AuthServices): void {
  registerSignInRoutes(server, services)
  registerSignOutRoutes(server, services)
  registerOidcRoutes(server, services)
}

function registerSignInRoutes(server: Server, services: AuthServices): void {
  const { config, signIn: signing } = services
  server.get(
    '/auth/options',
    { config: isPublic, schema: { tags, summary: 'Ways To Sign In', response: { 200: signInOptions } } },
    async () => ({
      password: true,
      oidc: config.oidc === undefined ? null : { name: config.oidc.name },
      first_run: await signing.isFirstRun(),
    }),
  )
  server.post(
    '/auth/link',
    {
      config: isPublic,
      schema: {
        tags,
        summary: 'Read A Sign-In Link',
        description: 'Whose link this is. It is not used up by this.',
        body: linkQuestion,
        response: { 200: linkAnswer, 404: problem, ...invalid },
      },
    },
    async ({ body }) => {
      const { email, name } = await signing.findLinkUser(body.token)
      return email === firstAdministratorEmail ? { email: null, name: '' } : { email, name }
    },
  )
  server.post(
    '/auth/welcome',
    {
      config: isPublic,
      schema: {
        tags,
        summary: 'Use A Sign-In Link',
        description:
          'Sets the password of the user whose link it is, and signs them in with a cookie. A link works once. `email` is ' +
          'for the first administrator alone, who thereby becomes the user that came with the installation.',
        body: welcome,
        response: { 200: confirmation, 404: problem, 409: problem, ...tried },
      },
    },
    async (request, reply) => {
      const { token, password, name, email } = request.body
      requireOwnPage(services, request)
      const session = await sayingWhen(reply, () =>
        signing.welcome({ token, password, name: name ?? undefined, email: email ?? undefined }),
      )
      giveSession(services, request, reply)(session)
      return { message: 'Welcome' }
    },
  )
  server.post(
    '/auth/sign-in',
    {
      config: isPublic,
      schema: {
        tags,
        summary: 'Sign In',
        description: 'Sets an httpOnly cookie. After too many attempts it is a 429 that says when to try again.',
        body: signIn,
        response: { 200: confirmation, 401: problem, ...tried },
      },
    },
    async (request, reply) => {
      requireOwnPage(services, request)
      const session = await sayingWhen(reply, () => signing.signIn({ ...request.body, address: request.ip }))
      giveSession(services, request, reply)(session)
      return { message: 'Signed in' }
    },
  )
}

function registerSignOutRoutes(server: Server, services: AuthServices): void {
  const { signIn: signing } = services
  server.post(
    '/auth/sign-out',
    {
      config: isPublic,
      schema: {
        tags,
        summary: 'Sign Out',
        description: 'Ends the session of the cookie, if there is one.',
        response: { 200: confirmation, ...invalid },
      },
    },
    async (request, reply) => {
      const token = readSession(services, request)
      if (token !== undefined) {
        await signing.signOut(token)
        takeSession(services, request, reply)
      }
      return { message: 'Signed out' }
    },
  )
  server.post(
    '/auth/sign-out-everywhere',
    {
      config: { runsAgain: true },
      schema: {
        tags,
        summary: 'Sign Out Everywhere',
        description: 'Ends all your sessions; other nodes notice within five seconds. API keys go on.',
        response: { 200: confirmation, ...refusals },
      },
    },
    async (request, reply) => {
      requireScope(request.principal, 'admin')
      await signing.signOutEverywhere(request.principal.userId)
      if (readSession(services, request) !== undefined) takeSession(services, request, reply)
      return { message: 'Signed out everywhere' }
    },
  )
  server.post(
    '/auth/password',
    {
      config: { isSecret: true },
      schema: {
        tags,
        summary: 'Change Password',
        description: 'Ends all your other sessions.',
        body: passwordChange,
        response: { 200: confirmation, ...refusals, 429: problem },
      },
    },
    async (request, reply) => {
      requireScope(request.principal, 'admin')
      const { current_password: current, new_password: next } = request.body
      const keptToken = readSession(services, request)
      await sayingWhen(reply, () =>
        signing.changePassword(request.principal.userId, { current, next, address: request.ip, keptToken }),
      )
      return { message: 'Password changed' }
    },
  )
}

function requireOwnPage({ config }: AuthServices, request: FastifyRequest): void {
  if (isFromElsewhere(config, request)) throw new QuoryError('forbidden', 'Sign in on the page of this server')
}

async function sayingWhen<T>(reply: FastifyReply, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof TooManyAttemptsError) reply.header('retry-after', String(error.retryAfterSeconds))
    throw error
  }
}
