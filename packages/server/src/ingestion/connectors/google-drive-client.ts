import { createPrivateKey } from 'node:crypto'
import type { drive_v3 } from '@googleapis/drive/build/v3.js'
import { type Fetch, fetchAnswers, fetchFiles, type WayOut } from './call-limits.ts'
import { ConnectorFailure, FileSkipped } from './connector.ts'
import { RemoteRefusal, retryAfter, toConnectorFailure } from './remote-failure.ts'
import { retryPassing } from './retry-passing.ts'

const scope = 'https://www.googleapis.com/auth/drive.readonly'

export interface ServiceAccount {
  readonly email: string
  readonly key: string
  readonly keyId: string | undefined
}

export interface DriveClient {
  readonly drive: drive_v3.Drive
  readonly email: string
  readonly fetchFile: Fetch
}

/** Google's own client. Where it asks for tokens and files is fixed in it: no configuration leads a signed assertion elsewhere. */
export async function openDriveClient(
  { email, key, keyId }: ServiceAccount,
  { egress }: { egress: WayOut },
): Promise<DriveClient> {
  const [{ JWT }, { drive_v3 }] = await Promise.all([
    import('google-auth-library'),
    import('@googleapis/drive/build/v3.js'),
  ])
  const auth = new JWT({
    email,
    key,
    ...(keyId === undefined ? {} : { keyId }),
    scopes: [scope],
    transporterOptions: { fetchImplementation: fetchAnswers(egress) },
  })
  return { drive: new drive_v3.Drive({ auth }), email, fetchFile: fetchFiles(egress) }
}

/** In a JSON file, and wherever it was copied from one, its line ends are written as `\n`. */
export function readPrivateKey(text: string): string {
  const key = text.replaceAll('\\n', '\n').replace(/^"|"[,\s]*$/g, '')
  try {
    createPrivateKey(key)
    return key
  } catch {
    // The error's own words may hold pieces of what was given.
    throw new ConnectorFailure(
      "The field private_key is no private key. Copy the whole value of private_key from the service account's JSON file.",
    )
  }
}

export interface CallOptions {
  readonly signal: AbortSignal
  readonly retry: false
}

/** One call of the API, whose every error is a `ConnectorFailure` or `FileSkipped`. */
export async function callDrive<T>(
  { email }: DriveClient,
  signal: AbortSignal,
  run: (options: CallOptions) => Promise<{ readonly data: T }>,
): Promise<T> {
  return await retryPassing(signal, async () => {
    const given = Promise.withResolvers<never>()
    const giveUp = () => given.reject(signal.reason)
    signal.addEventListener('abort', giveUp, { once: true })
    try {
      // A token that is fetched on the way does not know of the signal.
      const { data } = await Promise.race([run({ signal, retry: false }), given.promise])
      return data
    } catch (error) {
      throw toDriveFailure(error, { email, signal })
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  })
}

interface Refused {
  readonly response: { readonly status: number; readonly headers: Headers; readonly data: unknown }
}

function isRefused(error: unknown): error is Error & Refused {
  return error instanceof Error && 'response' in error && error.response !== undefined
}

function toDriveFailure(error: unknown, { email, signal }: { email: string; signal: AbortSignal }): unknown {
  if (!isRefused(error)) return toConnectorFailure(error, signal)
  const { status, headers } = error.response
  const { reason, message } = readError(error.response.data)
  if (isRateLimit(status, reason) || status >= 500) {
    const sentence = status >= 500 ? `Google Drive is out of order (${status}).` : 'Google Drive wants fewer requests.'
    return new RemoteRefusal(status, sentence, {
      isPassing: true,
      cause: error,
      ...retryAfter(headers.get('retry-after')),
    })
  }
  const skipped = skipReasons[reason]
  if (skipped !== undefined) return new FileSkipped(skipped, { cause: error })
  return new RemoteRefusal(status, sentenceOf(status, { reason, message, email }), { cause: error })
}

function isRateLimit(status: number, reason: string): boolean {
  return status === 429 || /rateLimitExceeded|userRateLimitExceeded|dailyLimitExceeded|quotaExceeded/i.test(reason)
}

/** Refusals that concern one file alone. */
const skipReasons: Readonly<Record<string, string>> = {
  exportSizeLimitExceeded: 'Too large: Google exports documents of up to 10 MB.',
  cannotExportFile: 'Its owner does not let others export it.',
  cannotDownloadFile: 'Its owner does not let others download it.',
  cannotDownloadAbusiveFile: 'Google takes it for malware or spam.',
  fileNotDownloadable: 'It has no content that can be downloaded.',
}

function sentenceOf(
  status: number,
  { reason, message, email }: { reason: string; message: string; email: string },
): string {
  const said =
    message === ''
      ? ''
      : ` (“${message
          .split('\n')[0]
          ?.slice(0, 200)
          .replace(/[.\s]+$/, '')}”)`
  if (reason === 'invalid_grant' || reason === 'invalid_client' || reason === 'unauthorized_client') {
    return `Google does not accept the key of ${email}${said}. It may be deleted, or belong to another account.`
  }
  if (status === 401) return `Google does not accept the service account ${email}${said}.`
  if (reason === 'accessNotConfigured' || reason === 'SERVICE_DISABLED') {
    return "The Google Drive API is not enabled in the service account's project."
  }
  if (status === 403) return `The service account ${email} may not read this${said}.`
  if (status === 404) return `Google Drive has nothing there that ${email} may see.`
  return `Google Drive refused the request with ${status}${said}.`
}

/** `{"error": {"errors": [{"reason"}], "message"}}` of the API, `{"error", "error_description"}` of the token's endpoint. */
function readError(data: unknown): { reason: string; message: string } {
  const body = typeof data === 'string' ? parse(data) : data
  const error = property(body, 'error')
  if (typeof error === 'string') return { reason: error, message: String(property(body, 'error_description') ?? '') }
  const errors = property(error, 'errors')
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined
  return { reason: String(property(first, 'reason') ?? ''), message: String(property(error, 'message') ?? '') }
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? (value as Record<string, unknown>)[name]
    : undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // A proxy's page, say: the status alone has to do.
    return undefined
  }
}
