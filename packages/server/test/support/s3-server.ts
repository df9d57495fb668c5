import { createHash, createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface S3Server {
  readonly url: string
  readonly port: number
  /** Paths with their queries, in the order they were asked for. */
  readonly requests: readonly string[]
  put(key: string, body: string, options?: { readonly storageClass?: string }): void
  delete(key: string): void
  /** Objects beyond so many of those that are asked for from now on are never sent. */
  sendOnly(count: number): void
  /** The next requests are answered with these errors instead. */
  failNext(...errors: readonly (readonly [status: number, code: string])[]): void
  [Symbol.asyncDispose](): Promise<void>
}

const bucket = 'papers'
const accessKeyId = 'AKIATESTTESTTESTTEST'
const secretAccessKey = 'secret/of+the=test'
export const s3Credentials = {
  bucket,
  access_key_id: accessKeyId,
  secret_access_key: secretAccessKey,
  region: 'eu-central-1',
}

/** A local server that speaks S3: lists in pages of XML, hands out objects, and computes every signature again. */
export async function startS3Server({ pageSize = 2 }: { readonly pageSize?: number } = {}): Promise<S3Server> {
  const objects = new Map<string, { body: string; storageClass: string }>()
  const requests: string[] = []
  let objectsLeft = Number.POSITIVE_INFINITY
  let failures: (readonly [number, string])[] = []
  const server = createServer((request, response) => {
    requests.push(request.url ?? '')
    const failure = failures.shift() ?? refusalOf(request)
    if (failure !== undefined) return sendError(response, ...failure)
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://any')
    const isVirtual = request.headers.host?.startsWith(`${bucket}.`) === true
    const [name = '', ...rest] = isVirtual ? [bucket, ...pathname.slice(1).split('/')] : pathname.slice(1).split('/')
    if (name !== bucket) return sendError(response, 404, 'NoSuchBucket')
    const key = decodeURIComponent(rest.join('/'))
    if (key === '') return send(response, 200, listing(objects, searchParams, pageSize))
    const object = objects.get(key)
    if (object === undefined) return sendError(response, 404, 'NoSuchKey')
    if (object.storageClass === 'GLACIER') return sendError(response, 403, 'InvalidObjectState')
    if (request.headers['if-none-match'] === etagOf(object.body)) return void response.writeHead(304).end()
    if (objectsLeft <= 0) return undefined
    objectsLeft -= 1
    response.writeHead(200, { etag: etagOf(object.body), 'content-type': 'text/plain' })
    response.end(object.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A TCP server that listens has an AddressInfo.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    put: (key, body, { storageClass = 'STANDARD' } = {}) => void objects.set(key, { body, storageClass }),
    delete: (key) => void objects.delete(key),
    sendOnly: (count) => {
      objectsLeft = count
    },
    failNext: (...errors) => {
      failures = [...errors]
    },
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function send(response: ServerResponse, status: number, xml: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' })
  response.end(`<?xml version="1.0" encoding="UTF-8"?>\n${xml}`)
}

function sendError(response: ServerResponse, status: number, code: string): void {
  send(response, status, `<Error><Code>${code}</Code><Message>Said by the test</Message></Error>`)
}

function etagOf(body: string): string {
  return `"${createHash('md5').update(body).digest('hex')}"`
}

function listing(
  objects: ReadonlyMap<string, { body: string; storageClass: string }>,
  query: URLSearchParams,
  pageSize: number,
): string {
  const prefix = query.get('prefix') ?? ''
  const after = Buffer.from(query.get('continuation-token') ?? '', 'base64').toString()
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort()
  const page = keys.slice(0, pageSize)
  const isTruncated = keys.length > pageSize
  const encode = (key: string) => encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+')
  const contents = page.map((key) => {
    const { body, storageClass } = objects.get(key) ?? { body: '', storageClass: '' }
    return `<Contents><Key>${encode(key)}</Key><ETag>${etagOf(body).replaceAll('"', '&quot;')}</ETag><Size>${Buffer.byteLength(body)}</Size><StorageClass>${storageClass}</StorageClass></Contents>`
  })
  const token = Buffer.from(page.at(-1) ?? '').toString('base64')
  const next = isTruncated ? `<NextContinuationToken>${token}</NextContinuationToken>` : ''
  return `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>${bucket}</Name><EncodingType>url</EncodingType><KeyCount>${page.length}</KeyCount><IsTruncated>${isTruncated}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`
}

/** AWS Signature Version 4, computed from what arrived. */
function refusalOf(request: IncomingMessage): readonly [number, string] | undefined {
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)$/
  const [, key = '', date = '', region = '', signedHeaders = '', signature = ''] =
    pattern.exec(request.headers.authorization ?? '') ?? []
  if (key !== accessKeyId) return [403, 'InvalidAccessKeyId']
  if (region !== s3Credentials.region) return [400, 'AuthorizationHeaderMalformed']
  const [path = '', query = ''] = (request.url ?? '').split('?', 2)
  const headers = signedHeaders.split(';')
  const canonical = [
    request.method,
    path,
    query.split('&').sort().join('&'),
    ...headers.map((name) => `${name}:${String(request.headers[name]).trim()}`),
    '',
    signedHeaders,
    request.headers['x-amz-content-sha256'],
  ].join('\n')
  const hash = createHash('sha256').update(canonical).digest('hex')
  const toSign = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], `${date}/${region}/s3/aws4_request`, hash].join(
    '\n',
  )
  const steps = [date, region, 's3', 'aws4_request', toSign]
  const sign = (secret: Buffer, text: string) => createHmac('sha256', secret).update(text).digest()
  const expected = steps.reduce(sign, Buffer.from(`AWS4${secretAccessKey}`)).toString('hex')
  return signature === expected ? undefined : [403, 'SignatureDoesNotMatch']
}
