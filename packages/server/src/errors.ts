/** Every error a client can meet: its code and HTTP status. Features throw codes; only `http/problem.ts` reads the status. */
export const errorStatus = {
  invalid_request: 422,
  idempotency_key_reused: 422,
  malformed_upload: 400,
  malformed_request: 400,
  unauthenticated: 401,
  wrong_credentials: 401,
  missing_credentials: 403,
  forbidden: 403,
  insufficient_scope: 403,
  wrong_password: 403,
  route_not_found: 404,
  project_not_found: 404,
  chat_not_found: 404,
  message_not_found: 404,
  answer_not_found: 404,
  citation_not_found: 404,
  trace_not_found: 404,
  user_not_found: 404,
  member_not_found: 404,
  invitation_not_found: 404,
  api_key_not_found: 404,
  sign_in_link_not_found: 404,
  prompt_not_found: 404,
  data_source_not_found: 404,
  file_not_found: 404,
  document_not_found: 404,
  training_not_found: 404,
  table_not_found: 404,
  method_not_allowed: 405,
  not_acceptable: 406,
  request_timeout: 408,
  project_exists: 409,
  user_exists: 409,
  member_exists: 409,
  too_many_invitations: 409,
  last_owner: 409,
  home_project: 409,
  message_in_progress: 409,
  data_source_exists: 409,
  data_source_busy: 409,
  idempotency_key_in_use: 409,
  training_in_progress: 400,
  unsupported_file: 400,
  query_refused: 400,
  body_too_large: 413,
  uri_too_long: 414,
  unsupported_media_type: 415,
  range_not_satisfiable: 416,
  headers_too_large: 431,
  too_many_questions: 429,
  too_many_attempts: 429,
  internal_error: 500,
  answer_failed: 502,
  model_unavailable: 502,
  secret_key_missing: 503,
  shutting_down: 503,
  storage_unavailable: 503,
  storage_full: 507,
} as const

export type ErrorCode = keyof typeof errorStatus

/** One entry of a 422's `detail` list, as FastAPI writes it. */
export interface FieldError {
  readonly type: string
  readonly loc: readonly (string | number)[]
  readonly msg: string
  readonly input?: unknown
  readonly ctx?: Readonly<Record<string, unknown>>
}

/** The one error class. `message` is shown to the client; `cause` never is. */
export class QuoryError extends Error {
  override readonly name = 'QuoryError'
  readonly code: ErrorCode
  readonly fields: readonly FieldError[] | undefined

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; fields?: readonly FieldError[] } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.fields = options.fields
  }
}

/** A 422 that names one field. */
export function invalidField(field: FieldError): QuoryError {
  return new QuoryError('invalid_request', field.msg, { fields: [field] })
}
