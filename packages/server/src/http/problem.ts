import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { type StorageFailure, storageFailureOf } from '../database/storage-failure.ts'
import { type ErrorCode, errorStatus, type FieldError, invalidField, QuoryError } from '../errors.ts'

/** What Fastify and its plugins refuse by themselves, in our words. */
const frameworkErrors: Readonly<Record<string, [ErrorCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['body_too_large', 'The request body is too large'],
  FST_REQ_FILE_TOO_LARGE: ['body_too_large', 'The file is too large'],
  FST_FILES_LIMIT: ['body_too_large', 'Too many files in one request'],
  FST_PARTS_LIMIT: ['body_too_large', 'Too many parts in one request'],
  FST_FIELDS_LIMIT: ['body_too_large', 'Too many fields in one request'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported_media_type', 'This route does not take that content type'],
  FST_INVALID_MULTIPART_CONTENT_TYPE: ['unsupported_media_type', 'This route takes multipart/form-data'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['malformed_upload', 'The body is not as long as Content-Length says'],
  FST_ERR_BAD_URL: ['route_not_found', 'Not Found'],
  FST_ERR_MAX_PARAM_LENGTH: ['uri_too_long', 'A part of the path is too long'],
  FST_ERR_ASYNC_CONSTRAINT: ['route_not_found', 'Not Found'],
}

/** Any error as one of ours; what is unknown becomes `internal_error` with the cause kept for the log. */
export function toQuoryError(error: unknown): QuoryError {
  if (error instanceof QuoryError) return error
  const { code, statusCode } = error as Partial<FastifyError>
  const known = code === undefined ? undefined : frameworkErrors[code]
  if (known !== undefined) return new QuoryError(known[0], known[1], { cause: error })
  if (code === 'FST_ERR_CTP_EMPTY_JSON_BODY') return missingBody()
  if (code === 'ECONNRESET' && error instanceof Error && error.message === 'aborted')
    return new QuoryError('malformed_upload', 'The request ended too early', { cause: error })
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500 && error instanceof Error) {
    return new QuoryError('malformed_upload', error.message, { cause: error })
  }
  const failure = storageFailureOf(error)
  if (failure !== undefined) return storageProblem(failure, error)
  return new QuoryError('internal_error', 'Internal Server Error', { cause: error })
}

/** The storage failed; `failure` says how. */
function storageProblem(failure: StorageFailure, cause: unknown): QuoryError {
  if (failure === 'full')
    return new QuoryError('storage_full', 'There is no room left to store this; nothing was stored', { cause })
  return new QuoryError('storage_unavailable', 'The database does not answer; try again', { cause })
}

export function missingBody(): QuoryError {
  return invalidField({ type: 'missing', loc: ['body'], msg: 'Field required', input: null })
}

export interface Problem {
  readonly status: number
  readonly detail: string | readonly FieldError[]
  readonly code: ErrorCode
  readonly request_id: string
}

/** The one place where an error becomes HTTP; dialects may reshape the result. Server faults are logged here, once. */
export function describeProblem(error: unknown, request: FastifyRequest): Problem {
  const problem = inDoubt(toQuoryError(error), request)
  const status = errorStatus[problem.code]
  if (status >= 500) {
    const level = status === 500 ? 'error' : 'warn'
    request.log[level](
      { request_id: request.id, err: problem.cause ?? problem },
      `${request.method} ${request.routeOptions.url} failed`,
    )
  }
  return { status, detail: problem.fields ?? problem.message, code: problem.code, request_id: request.id }
}

const reading = new Set(['GET', 'HEAD', 'OPTIONS'])

/** What changes something and broke off under way may have been stored, and must not be reported as if it had not. */
function inDoubt(problem: QuoryError, request: FastifyRequest): QuoryError {
  if (storageFailureOf(problem.cause) !== 'in-doubt' || reading.has(request.method)) return problem
  const message =
    'The database broke off meanwhile, so this may have been stored or not. Look before you try again, or send POSTs with an Idempotency-Key: with the same key it is stored once'
  return new QuoryError(problem.code, message, { cause: problem.cause })
}

export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { status, ...body } = describeProblem(error, request)
  setProblemHeaders(reply, body.code)
  void reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(body))
}

export function setProblemHeaders(reply: FastifyReply, code: ErrorCode): void {
  if (code === 'unauthenticated') reply.header('www-authenticate', 'Bearer')
  if (code === 'body_too_large') reply.header('connection', 'close')
  if (code === 'too_many_questions') {
    const now = new Date()
    const midnight = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1)
    reply.header('retry-after', String(Math.ceil((midnight - now.getTime()) / 1000)))
  }
  if (code === 'shutting_down' || code === 'storage_unavailable') reply.header('retry-after', '5')
  if (code === 'storage_full') reply.header('retry-after', '60')
}
