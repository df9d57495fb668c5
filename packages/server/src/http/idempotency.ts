import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { pruneKeys } from '../accounts/idempotency-key-store.ts'
import { timeFromNow } from '../database/database.ts'
import { type IdSource, randomIds } from '../ids.ts'
import { KeyedRequest, KeyInUseError, keepKeysMs } from './keyed-request.ts'
import type { Services } from './services.ts'
import type { Server } from './validation.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Present when the request is a POST with an Idempotency-Key. */
    keyed: KeyedRequest | undefined
    /** For everything that the request makes, in a fixed order. */
    readonly ids: IdSource
  }
  interface FastifyContextConfig {
    /** A repetition runs the handler again instead of getting the kept answer: because it makes nothing, or attaches. */
    runsAgain?: boolean
    /** It is sent a password, of which not even a hash is kept: so it takes no Idempotency-Key. */
    isSecret?: boolean
  }
}

const pruneEveryMs = 60_000

type IdempotencyServices = Pick<Services, 'db' | 'node' | 'logger'>

/** Every POST that may be seen takes an Idempotency-Key. Routes that are sent forms call `isRepeatedForm` themselves, when the form is there. */
export function registerIdempotency(server: Server, services: IdempotencyServices): void {
  server.decorateRequest('keyed')
  server.decorateRequest('ids', {
    getter(this: FastifyRequest) {
      return this.keyed?.ids ?? randomIds
    },
  })
  const open = async (request: FastifyRequest) => {
    const key = request.raw.headers['idempotency-key']
    if (key !== undefined) request.keyed = new KeyedRequest(services, request.principal, String(key))
  }
  server.addHook('onRoute', (route) => {
    if (!takesIdempotencyKey(route)) return
    const isForm = route.schema?.consumes?.includes('multipart/form-data') === true
    // Before the schema takes out what it does not know: another body is another one whatever differs.
    route.preValidation = [open, isForm ? [] : hashBody, route.preValidation ?? []].flat()
    route.preHandler = [isForm ? [] : beginWithBody, route.preHandler ?? []].flat()
    route.onSend = [route.onSend ?? [], endKeyed].flat()
  })
  const timer = setInterval(() => void prune(services), pruneEveryMs)
  server.addHook('onClose', async () => clearInterval(timer))
}

export function takesIdempotencyKey({ method, config }: Pick<RouteOptions, 'method' | 'config'>): boolean {
  return method === 'POST' && config?.isPublic !== true && config?.isSecret !== true
}

async function hashBody(request: FastifyRequest): Promise<void> {
  if (request.keyed !== undefined) request.keyed.requestHash = hashRequest(request, canonicalJson(request.body))
}

async function beginWithBody(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  return (await isAnswered(request, reply)) ? reply : undefined
}

/**
 * For the handler of a form, after everything has arrived and before anything is stored. `content` is what makes two
 * forms the same, which their bytes do not. When it says `true` the reply is on its way, and the handler is done.
 */
export async function isRepeatedForm(request: FastifyRequest, reply: FastifyReply, content: unknown): Promise<boolean> {
  if (request.keyed !== undefined) request.keyed.requestHash = hashRequest(request, canonicalJson(content))
  return await isAnswered(request, reply)
}

async function isAnswered(request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
  if (request.keyed === undefined) return false
  try {
    const beginning = await request.keyed.begin(() => reply.raw.destroyed)
    if (beginning.isRepetition) reply.header('idempotent-replayed', 'true')
    if (beginning.type === 'run') return false
    if (beginning.type === 'gone') reply.hijack()
    else {
      const { status, contentType, body } = beginning.answer
      await reply.code(status).type(contentType).send(body)
    }
    return true
  } catch (error) {
    if (error instanceof KeyInUseError) reply.header('retry-after', String(error.retryAfterSeconds))
    throw error
  }
}

async function endKeyed(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<void> {
  const { keyed, routeOptions } = request
  if (keyed === undefined) return
  const status = reply.statusCode
  if (status >= 400) await keyed.fail(status)
  else if (routeOptions.config.runsAgain === true || typeof payload !== 'string') await keyed.finish()
  else {
    const contentType = String(reply.getHeader('content-type') ?? '')
    await keyed.finish({ status, contentType, body: payload })
  }
}

function hashRequest({ method, url }: FastifyRequest, content: string): string {
  return createHash('sha256')
    .update(JSON.stringify([method, url, content]))
    .digest('hex')
}

/** The same text for the same value, in whatever order its fields were written. */
function canonicalJson(value: unknown): string {
  return (
    JSON.stringify(value, (_name, part: unknown) =>
      typeof part === 'object' && part !== null && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).toSorted(([first], [second]) => (first < second ? -1 : 1)))
        : part,
    ) ?? ''
  )
}

async function prune({ db, logger }: IdempotencyServices): Promise<void> {
  try {
    await pruneKeys(db, timeFromNow(-keepKeysMs))
  } catch (error) {
    logger.warn({ error: String(error) }, 'old idempotency keys could not be removed')
  }
}
