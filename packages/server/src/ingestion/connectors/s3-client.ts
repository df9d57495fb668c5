import { Readable } from 'node:stream'
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3'
import type { Egress } from '../../egress/egress.ts'
import { ConnectorFailure, FileSkipped } from './connector.ts'
import type { S3Settings } from './s3-settings.ts'

/** A listing of 1,000 objects whose keys are as long as keys can be. */
const maxListingBytes = 20_000_000
const listingTimeoutMs = 60_000
const objectTimeoutMs = 1_800_000

type Handler = NonNullable<S3ClientConfig['requestHandler']>

/** Of what the client hands over, what is sent. */
interface SignedRequest {
  readonly method: string
  readonly protocol: string
  readonly hostname: string
  readonly port?: number
  readonly path: string
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>
  readonly headers: Readonly<Record<string, string>>
}

/** AWS's own client, told everything, so that nothing of this machine's files or environment decides where it goes. */
export async function createS3Client(egress: Egress, settings: S3Settings): Promise<S3Client> {
  const { S3Client } = await import('@aws-sdk/client-s3')
  return new S3Client({
    endpoint: settings.endpoint.href,
    region: settings.region,
    credentials: { accessKeyId: settings.accessKeyId, secretAccessKey: settings.secretAccessKey },
    forcePathStyle: settings.isPathStyle,
    requestHandler: createHandler(egress),
    maxAttempts: 3,
    retryMode: 'standard',
    defaultsMode: 'standard',
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    useArnRegion: false,
    disableMultiregionAccessPoints: true,
    disableS3ExpressSessionAuth: true,
    // Servers other than AWS's send checksums of their own, or none.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
}

/** What the client signed goes out as it is: an address that would be written otherwise would be another object. */
function createHandler(egress: Egress): Handler {
  const handler = {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: async (request: SignedRequest, { abortSignal: signal }: { readonly abortSignal: AbortSignal }) => {
      const isListing = 'list-type' in (request.query ?? {})
      const response = await egress.request(addressOf(request), {
        method: request.method,
        headers: request.headers,
        signal,
        maxRedirects: 0,
        timeoutMs: isListing ? listingTimeoutMs : objectTimeoutMs,
        maxBytes: isListing ? maxListingBytes : Number.POSITIVE_INFINITY,
      })
      const headers = Object.fromEntries(response.headers)
      const body = Readable.from(response.body, { objectMode: false })
      return { response: { statusCode: response.status, headers, body } }
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  }
  // Declared with classes and a body of any kind; told by these fields, and every call of ours has a signal.
  return handler as unknown as Handler
}

function addressOf({ protocol, hostname, port, path, query }: SignedRequest): string {
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) =>
    [value].flat().map((each) => (each === null ? encodePart(name) : `${encodePart(name)}=${encodePart(each)}`)),
  )
  const host = port === undefined ? hostname : `${hostname}:${port}`
  const address = `${protocol}//${host}${path}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`
  if (URL.parse(address)?.pathname !== path) throw new FileSkipped('Its key cannot be written as an address.')
  return address
}

function encodePart(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** By the code that servers answer with; undefined for one that says nothing about the settings. */
const sentences: Readonly<Record<string, (bucket: string) => string>> = {
  InvalidAccessKeyId: () => 'The access key is not known to the server.',
  SignatureDoesNotMatch: () => 'The secret access key does not go with the access key.',
  InvalidSecurity: () => 'The server does not take these credentials.',
  AccessDenied: (bucket) => `The access key may not read the bucket ${bucket}.`,
  AllAccessDisabled: (bucket) => `The bucket ${bucket} is closed.`,
  NoSuchBucket: (bucket) => `There is no bucket named ${bucket}.`,
  NoSuchKey: () => 'The object is no longer there.',
  PermanentRedirect: (bucket) => `The bucket ${bucket} is in another region or at another endpoint.`,
  AuthorizationHeaderMalformed: (bucket) => `The bucket ${bucket} is in another region.`,
  RequestTimeTooSkewed: () => "This server's clock is wrong, so the signature is not taken.",
}

/** What the client threw, in words; undefined for what is no answer of the server. */
export function describeS3Error(error: unknown, bucket: string): ConnectorFailure | FileSkipped | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined
  const { httpStatusCode: status } = error.$metadata as { readonly httpStatusCode?: number }
  if (error.name === 'InvalidObjectState') return new FileSkipped('It is archived and has to be restored first.')
  const isPassing = status === undefined || status === 429 || status >= 500
  const described = Object.hasOwn(sentences, error.name) ? sentences[error.name]?.(bucket) : undefined
  const words = described ?? `The server answers ${status ?? 'nothing that can be read'} (${error.name}).`
  return new ConnectorFailure(words, { isPassing, cause: error })
}
