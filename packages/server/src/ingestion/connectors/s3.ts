import { posix } from 'node:path'
import type { ListObjectsV2CommandOutput, S3Client } from '@aws-sdk/client-s3'
import type { Egress } from '../../egress/egress.ts'
import type { Configuration } from '../source.ts'
import {
  type Connector,
  ConnectorFailure,
  type FetchedFile,
  type FetchOptions,
  FileSkipped,
  type Listed,
  type ListedFile,
  type ListingEnd,
  type ListOptions,
} from './connector.ts'
import { asConnectorError } from './egress-error-words.ts'
import { createS3Client, describeS3Error } from './s3-client.ts'
import { readS3Settings, type S3Settings } from './s3-settings.ts'
import { saveBody, tooLarge } from './save-body.ts'

/** The objects of a bucket, or those below a prefix. */
export async function openS3(
  configuration: Configuration,
  { egress }: { readonly egress: Egress },
): Promise<Connector> {
  const settings = readS3Settings(configuration)
  return new S3Bucket(await createS3Client(egress, settings), settings)
}

class S3Bucket implements Connector {
  readonly #client: S3Client
  readonly #settings: S3Settings

  constructor(client: S3Client, settings: S3Settings) {
    this.#client = client
    this.#settings = settings
  }

  async check(signal: AbortSignal): Promise<string> {
    const { bucket, prefix } = this.#settings
    const { KeyCount: count = 0 } = await this.#listPage(undefined, signal)
    const where = prefix === undefined ? `The bucket ${bucket}` : `The bucket ${bucket}, below ${prefix},`
    if (count === 0) return `${where} can be read; it is empty.`
    return `${where} can be read.`
  }

  async *list({ signal }: ListOptions): AsyncGenerator<Listed, ListingEnd> {
    for (let token: string | undefined; ; ) {
      const page = await this.#listPage(token, signal)
      for (const object of page.Contents ?? []) {
        const key = decodeKey(object.Key ?? '', page.EncodingType)
        // What consoles make to show a folder.
        if (key === '' || (key.endsWith('/') && (object.Size ?? 0) === 0)) continue
        const facts = { url: null, version: object.ETag ?? null, size: object.Size ?? null, mediaType: null }
        yield { type: 'file', file: { key, name: posix.basename(key), ...facts } }
      }
      const next = page.IsTruncated === true ? page.NextContinuationToken : undefined
      if (page.IsTruncated === true && (next === undefined || next === token))
        throw new ConnectorFailure('The server says that there are more objects, and not how to get them.')
      if (next === undefined) return { isFull: true, cursor: null }
      token = next
    }
  }

  async fetch(file: ListedFile, { path, maxBytes, known, signal }: FetchOptions): Promise<FetchedFile | 'unchanged'> {
    if (file.size !== null && file.size > maxBytes) throw tooLarge(maxBytes)
    const { GetObjectCommand } = await import('@aws-sdk/client-s3')
    const input = { Bucket: this.#settings.bucket, Key: file.key, ...(known === null ? {} : { IfNoneMatch: known }) }
    return await this.#explained(signal, async () => {
      try {
        const object = await this.#client.send(new GetObjectCommand(input), { abortSignal: signal })
        // In Node the body is a stream; an empty object may have none.
        const body = (object.Body ?? []) as AsyncIterable<Uint8Array>
        const size = await saveBody(body, { path, maxBytes, signal })
        return { size, version: object.ETag ?? null, mediaType: object.ContentType ?? null }
      } catch (error) {
        if (known !== null && isNotModified(error)) return 'unchanged'
        throw error
      }
    })
  }

  async #listPage(token: string | undefined, signal: AbortSignal): Promise<ListObjectsV2CommandOutput> {
    const { ListObjectsV2Command } = await import('@aws-sdk/client-s3')
    const { bucket, prefix } = this.#settings
    const command = new ListObjectsV2Command({
      Bucket: bucket,
      // Keys may hold characters that XML cannot.
      EncodingType: 'url',
      ...(prefix === undefined ? {} : { Prefix: prefix }),
      ...(token === undefined ? {} : { ContinuationToken: token }),
    })
    return await this.#explained(signal, () => this.#client.send(command, { abortSignal: signal }))
  }

  async #explained<T>(signal: AbortSignal, call: () => Promise<T>): Promise<T> {
    try {
      return await call()
    } catch (error) {
      if (signal.aborted) throw signal.reason
      // The client puts its own marks on errors of ours as well, so those come first.
      const own = asConnectorError(error, signal)
      const isOurs = own instanceof ConnectorFailure || own instanceof FileSkipped
      throw isOurs ? own : (describeS3Error(error, this.#settings.bucket) ?? error)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.destroy()
  }
}

function decodeKey(key: string, encoding: string | undefined): string {
  return encoding === 'url' ? decodeURIComponent(key.replaceAll('+', ' ')) : key
}

function isNotModified(error: unknown): boolean {
  if (!(error instanceof Error) || !('$metadata' in error)) return false
  return (error.$metadata as { readonly httpStatusCode?: number }).httpStatusCode === 304
}
