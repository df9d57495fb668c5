import { ModelError } from './language-model.ts'

/** What a provider answered instead of a stream. */
export interface ProviderRefusal {
  readonly status: number
  /** The body as it came. */
  readonly body: string
  readonly retryAfter: string | undefined
  /** Keys that must not appear in what we say. */
  readonly secrets: readonly string[]
  readonly sentTools: boolean
}

const maxReasonLength = 500
/** Keys of the known providers, also as they mask them in their own messages (`sk-ab****yz`), and bearer tokens. */
const keyLike =
  /\b(?:sk|pk|rk|gsk|xai|nvapi|hf|r8|pplx|key)[-_][\w.*•-]{6,}|\bAIza[\w*-]{10,}|(?<=\bBearer\s)\S+|(?<=:\/\/)[^/\s:@]+:[^/\s@]+(?=@)/gi
const tooLong =
  /context.{0,3}(length|window|size)|maximum.{0,20}(context|tokens)|prompt is too long|too many (input )?tokens|input token count|exceeds? the (available|maximum)/i
const noTools =
  /(?:tools?|functions?)\b.{0,60}\b(?:not|n't|un)\s?(?:be )?support|support(?:s|ed)?\b.{0,20}\b(?:tools?|functions?)\b|tool(?:s| choice| use|_choice).{0,40}\brequires?\b|unsupported.{0,40}\btools?\b/i
const negation = /\bnot?\b|n't|\bun|requires?/i
const worthAnotherTry = new Set([408, 409, 425, 429, 500, 502, 503, 504, 529])

/** A provider's refusal as a `ModelError` in its own words, without any secret. */
export function refusalError(refusal: ProviderRefusal): ModelError {
  const { status, body, sentTools } = refusal
  const { message, code } = readRefusal(body)
  const reason = scrubSecrets(message === '' ? `HTTP ${status}` : message, refusal.secrets)
  const text = `The model provider answered ${status}: ${reason}`
  if (code === 'context_length_exceeded' || (status < 500 && status !== 429 && tooLong.test(message))) {
    return new ModelError('context_too_long', text)
  }
  if (
    sentTools &&
    status !== 401 &&
    status !== 403 &&
    status !== 429 &&
    noTools.test(message) &&
    negation.test(message)
  ) {
    return new ModelError('tools_unsupported', text)
  }
  const exhausted = code === 'insufficient_quota'
  if (!worthAnotherTry.has(status) || exhausted) return new ModelError(status >= 500 ? 'unavailable' : 'refused', text)
  return new ModelError('unavailable', text, { retry: { afterMs: retryDelayMs(refusal.retryAfter) } })
}

/** OpenAI's `{error: {message, code}}`, Ollama's `{error: "…"}`, FastAPI's `{detail}`, a bare `{message}`, or plain text. */
export function readRefusal(body: string): { message: string; code: string | undefined; param: string | undefined } {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    // An HTML page of a proxy says nothing that helps.
    return { message: body.trimStart().startsWith('<') ? '' : body.trim(), code: undefined, param: undefined }
  }
  const outer = firstObject(value)
  const inner = firstObject(outer.error ?? outer.detail ?? outer)
  const message = [inner.message, inner.msg, outer.error, outer.detail, outer.message].find(isText)
  return { message: message ?? '', code: text(inner.code) ?? text(inner.type), param: text(inner.param) }
}

/** Replaces the given secrets and everything that looks like a key; bounds the length. */
export function scrubSecrets(text: string, secrets: readonly string[]): string {
  let clean = text
  for (const secret of secrets) if (secret.length >= 4) clean = clean.replaceAll(secret, '***')
  clean = clean.replace(keyLike, '***').replace(/\s+/g, ' ').trim()
  return clean.length > maxReasonLength ? `${clean.slice(0, maxReasonLength)}…` : clean
}

/** Network trouble as a `ModelError`; anything that is not one is rethrown by the caller. */
export function connectionError(error: unknown, secrets: readonly string[]): ModelError | undefined {
  const code = errorCode(error)
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    return new ModelError('timeout', 'The model provider sent nothing for too long', { cause: error })
  }
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') {
    return new ModelError('timeout', 'The model provider could not be reached in time', {
      cause: error,
      retry: { afterMs: undefined },
    })
  }
  if (code === undefined) return undefined
  const reason = scrubSecrets(error instanceof Error ? error.message : String(error), secrets)
  return new ModelError('unavailable', `The model provider cannot be reached (${reason === '' ? code : reason})`, {
    cause: error,
    retry: { afterMs: undefined },
  })
}

/** `ECONNREFUSED`, `UND_ERR_SOCKET` and the like, of the error or of what caused it. */
function errorCode(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth++) {
    const code = 'code' in at ? at.code : undefined
    if (typeof code === 'string' && /^(UND_ERR|E[A-Z]|CERT_|DEPTH_|SELF_|UNABLE_|ERR_TLS|ERR_SSL|HPE_)/.test(code))
      return code
  }
  return undefined
}

/** `Retry-After` in seconds or as a date. */
function retryDelayMs(header: string | undefined): number | undefined {
  if (header === undefined) return undefined
  const seconds = Number(header)
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now()
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}

interface ErrorFields {
  readonly error?: unknown
  readonly detail?: unknown
  readonly message?: unknown
  readonly msg?: unknown
  readonly code?: unknown
  readonly type?: unknown
  readonly param?: unknown
}

function firstObject(value: unknown): ErrorFields {
  const first: unknown = Array.isArray(value) ? value[0] : value
  return typeof first === 'object' && first !== null ? first : {}
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function text(value: unknown): string | undefined {
  return isText(value) ? value : undefined
}
