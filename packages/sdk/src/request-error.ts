interface FieldError {
  readonly loc: readonly (string | number)[]
  readonly msg: string
  readonly type: string
}

/** What the server refused, in its own words. A server that cannot be reached throws what `fetch` does. */
export class QuoryRequestError extends Error {
  override readonly name = 'QuoryRequestError'
  readonly status: number
  /** The server's stable name of the refusal, such as `chat_not_found`; empty when something else answered. */
  readonly code: string
  /** To find the request in the server's log. */
  readonly requestId: string | undefined
  /** Which fields of the request were wrong, on a 422. */
  readonly fields: readonly FieldError[]
  /** When the server asks to be left alone until then. */
  readonly retryAfterMs: number | undefined

  private constructor(
    message: string,
    options: {
      status: number
      code: string
      requestId: string | undefined
      fields: readonly FieldError[]
      retryAfterMs: number | undefined
    },
  ) {
    super(message)
    this.status = options.status
    this.code = options.code
    this.requestId = options.requestId
    this.fields = options.fields
    this.retryAfterMs = options.retryAfterMs
  }

  static async from(response: Response): Promise<QuoryRequestError> {
    const body = await readBody(response)
    const detail = body?.['detail']
    const fields = Array.isArray(detail) ? (detail as readonly FieldError[]) : []
    const words = typeof detail === 'string' ? detail : fields.map(({ msg }) => msg).join('; ')
    const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
    return new QuoryRequestError(words === '' ? `The server answered ${response.status}` : words, {
      status: response.status,
      code: typeof body?.['code'] === 'string' ? body['code'] : '',
      requestId: response.headers.get('x-request-id') ?? undefined,
      fields,
      retryAfterMs: Number.isFinite(retryAfter) ? retryAfter * 1_000 : undefined,
    })
  }
}

async function readBody(response: Response): Promise<Record<string, unknown> | undefined> {
  try {
    const body: unknown = await response.json()
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
