import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import cors from '@fastify/cors'
import multipart from '@fastify/multipart'
import { type FastifyReply, type FastifyRequest, fastify, type RouteOptions } from 'fastify'
import { QuoryError } from '../errors.ts'
import { packageFolder } from '../program-files.ts'
import { checkAnswers } from './check-answers.ts'
import { registerChicory } from './chicory/routes.ts'
import { countRequests } from './close-server.ts'
import { registerDocsPage } from './docs-page.ts'
import { registerIdempotency } from './idempotency.ts'
import { parseJsonBody, parsePlainBody, parseUntypedBody } from './json-body.ts'
import { registerOpenApi } from './openapi.ts'
import { describeProblem, sendProblem } from './problem.ts'
import { registerQuivr } from './quivr/routes.ts'
import { refuseBytes } from './refuse-bytes.ts'
import { allowedMethods, type RouteList } from './route-list.ts'
import { registerServiceRoutes } from './service-routes.ts'
import type { Services } from './services.ts'
import { type Server, validatorCompiler, type ZodTypeProvider } from './validation.ts'
import { registerWebPage } from './web-page.ts'

/** Largest JSON body, in bytes: a long question or a pasted page; files go through uploads. */
const maxJsonBytes = 4 * 1024 * 1024
/** Longest part of a path; our ids are 36 characters. */
const maxPathPartLength = 500

/** Where the build puts the page. */
const webFolder = fileURLToPath(new URL('dist/web/', packageFolder))

export interface ServerOptions {
  /** Checks each answer against its route's schema and fails the request on a difference: for tests. */
  readonly checkResponses?: boolean
}

/** All dialects on one Fastify; building it opens nothing and listens nowhere. */
export async function buildServer(services: Services, { checkResponses = false }: ServerOptions = {}): Promise<Server> {
  const { config } = services
  const server = fastify({
    loggerInstance: services.logger,
    genReqId: () => randomUUID(),
    bodyLimit: maxJsonBytes,
    // A body must arrive within this; large uploads on slow lines need minutes, stalled sockets must not stay.
    requestTimeout: 15 * 60_000,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    // A request that comes over a kept connection while the server closes is answered like any other.
    return503OnClosing: false,
    trustProxy: config.trustedProxies.length === 0 ? false : [...config.trustedProxies],
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, maxParamLength: maxPathPartLength },
    frameworkErrors: (error, request, reply) => sendProblem(error, request, reply),
    clientErrorHandler: (error, socket) => refuseBytes(error, socket),
    // Given here rather than set later, Fastify's own two are never loaded: a hundred modules at every start. The type
    // knows Ajv only; Fastify hands over the route's schema, whatever it is.
    schemaController: {
      compilersFactory: {
        buildValidator: () => validatorCompiler as never,
        buildSerializer: () => () => JSON.stringify,
      },
    },
  }).withTypeProvider<ZodTypeProvider>() as unknown as Server
  // A client may close its side as soon as it has asked (`nc -N`); Node would then close the other before the reply. The
  // types do not know the property, which Node reads.
  Object.assign(server.server, { httpAllowHalfOpen: true })
  if (checkResponses) checkAnswers(server)
  server.setErrorHandler((error, request, reply) => sendProblem(error, request, reply))
  acceptBodies(server)
  countRequests(server)

  const routes: RouteList = []
  server.addHook('onRoute', (route: RouteOptions) => {
    for (const method of [route.method].flat())
      if (method !== 'HEAD')
        routes.push({
          method,
          url: route.url,
          isPublic: route.config?.isPublic === true,
          isHidden: route.schema?.hide === true,
        })
  })
  server.decorateRequest('principal')
  server.decorate('routeList', routes)
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    reply.header('x-content-type-options', 'nosniff')
  })
  // On every answer, errors included: a browser reports an error without them as a network failure.
  await server.register(cors, {
    origin: true,
    credentials: true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    exposedHeaders: ['x-request-id', 'x-next-cursor', 'x-list-cap', 'retry-after', 'idempotent-replayed'],
  })
  await registerWebPage(server, { folder: webFolder })
  // Before the body is read: whatever was sent, the address is what is wrong.
  server.addHook('onRequest', (request, reply, next) => {
    if (request.is404) answerUnknownRoute(routes, request, reply)
    else next()
  })
  await server.register(multipart, {
    throwFileSizeLimit: true,
    limits: { fileSize: config.maxUploadBytes, files: 100, fields: 50, fieldSize: 64 * 1024, headerPairs: 100 },
  })
  registerIdempotency(server, services)
  registerOpenApi(server)
  registerDocsPage(server)
  registerServiceRoutes(server, services)
  await server.register(registerChicory(services), { prefix: '/v1' })
  await server.register(registerQuivr(services))
  server.addHook('preClose', () => services.streams[Symbol.asyncDispose]())
  return server
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Every route there is, for the 405 answer and for the test that walks them. */
    readonly routeList: RouteList
  }
}

function acceptBodies(server: Server): void {
  server.removeContentTypeParser(['application/json', 'text/plain'])
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, parseJsonBody)
  server.addContentTypeParser(/^application\/[\w.-]+\+json/, { parseAs: 'buffer' }, parseJsonBody)
  server.addContentTypeParser('text/plain', { parseAs: 'string' }, parsePlainBody)
  server.addContentTypeParser('*', { parseAs: 'buffer' }, parseUntypedBody)
}

function answerUnknownRoute(routes: RouteList, request: FastifyRequest, reply: FastifyReply): void {
  const path = request.url.split('?')[0] ?? ''
  const allowed = allowedMethods(routes, path)
  if (allowed.length > 0) reply.header('allow', allowed.join(', '))
  const error =
    allowed.length > 0
      ? new QuoryError('method_not_allowed', 'Method Not Allowed')
      : new QuoryError('route_not_found', 'Not Found')
  const { status, ...body } = describeProblem(error, request)
  void reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(body))
}
