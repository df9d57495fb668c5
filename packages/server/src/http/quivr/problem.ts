import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FieldError } from '../../errors.ts'
import { describeProblem, setProblemHeaders } from '../problem.ts'

/**
 * An error in Quivr's body. Its 422 changed once: first FastAPI's list as `detail`, later `status_code`, `message` and
 * `data`; both are sent, so that a client of either time finds its own. Its web page shows a 403's text after an upload.
 */
export function sendQuivrProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { status: known, detail, ...rest } = describeProblem(error, request)
  const status = rest.code === 'data_source_exists' ? 403 : known
  const body =
    typeof detail === 'string'
      ? { detail, ...rest }
      : { detail, status_code: status, message: summarize(detail), data: null, ...rest }
  setProblemHeaders(reply, rest.code)
  void reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(body))
}

function summarize(fields: readonly FieldError[]): string {
  const lines = fields.map(({ loc, msg, type }) => `${loc.join(' -> ')} ${msg} (type=${type})`)
  return `${fields.length} validation error${fields.length === 1 ? '' : 's'} for Request ${lines.join(' ')}`
}
