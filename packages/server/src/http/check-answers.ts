import { isDeepStrictEqual } from 'node:util'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { problem } from './chicory/schemas.ts'
import type { Published } from './openapi.ts'

/**
 * Compares every JSON answer, refusals included, with what its route publishes for that status, and fails the request on
 * a difference: for tests. Fields that the schema does not name count as one.
 */
export function checkAnswers(server: Pick<FastifyInstance, 'addHook'>): void {
  server.addHook('onSend', async (request, reply, payload) => {
    const type = String(reply.getHeader('content-type') ?? '')
    if (typeof payload !== 'string' || payload === '' || !type.includes('json') || request.method === 'HEAD') return
    const fault = findFault(schemaFor(request, reply.statusCode), payload)
    if (fault === undefined) return
    const place = `${request.method} ${request.routeOptions.url ?? request.url} answered ${reply.statusCode}`
    // A refusal that fails here has no error handler left to make it a 500.
    reply.code(500)
    throw new Error(`${place} ${fault}`)
  })
}

function findFault(schema: z.ZodType | undefined, payload: string): string | undefined {
  if (schema === undefined) return 'which it does not publish'
  const body: unknown = JSON.parse(payload)
  const result = schema.safeParse(body)
  if (!result.success) return `with what its schema does not allow: ${result.error.message}`
  return isDeepStrictEqual(result.data, body) ? undefined : 'with fields that its schema does not name'
}

/** As the published description says: a refusal that is not listed is `default`. */
function schemaFor(request: FastifyRequest, status: number): z.ZodType | undefined {
  // Routes are given Zod schemas throughout.
  const published = (request.routeOptions.schema?.response ?? {}) as Readonly<Record<number, Published>>
  const answer = published[status]
  if (answer === undefined) return status >= 400 ? problem : undefined
  return 'content' in answer ? answer.content['application/json']?.schema : answer
}
