import type { FastifyRequest } from 'fastify'

/** Higher than any number a log gives out. */
const unknownNumber = Number.MAX_SAFE_INTEGER

/**
 * After which event a reader goes on: `Last-Event-ID`, which browsers send by themselves, before `?after=`. 0 is from the
 * start; a header that is no number of ours stands for one that the log does not have.
 */
export function lastEventNumber(request: FastifyRequest, after: number | undefined): number {
  const header = request.headers['last-event-id']
  if (typeof header !== 'string' || header === '') return after ?? 0
  return /^\d{1,15}$/.test(header) ? Number(header) : unknownNumber
}
