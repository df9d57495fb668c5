import { setImmediate as turn } from 'node:timers/promises'
import { ConnectorFailure } from './connector.ts'
import {
  callDatabricks,
  type DatabricksClient,
  type ResultChunk,
  resultChunk,
  type StatementResult,
} from './databricks-client.ts'
import { RemoteRefusal, toConnectorFailure } from './remote-failure.ts'

export type Row = readonly (string | null)[]

/** A result's rows in batches, chunk by chunk: no more than a piece of one chunk is held. */
export async function* readRows(
  client: DatabricksClient,
  result: StatementResult,
  signal: AbortSignal,
): AsyncGenerator<readonly Row[]> {
  for (let chunk: ResultChunk | undefined = result.first; chunk !== undefined; ) {
    const links: readonly Link[] = chunk.external_links ?? []
    for (const link of links) yield* readLink(client, link, signal)
    if (chunk.data_array != null) yield chunk.data_array
    const next: string | null | undefined = links.at(-1)?.next_chunk_internal_link ?? chunk.next_chunk_internal_link
    chunk = next == null ? undefined : await callDatabricks(client, next, { shape: resultChunk, signal })
  }
}

type Link = NonNullable<ResultChunk['external_links']>[number]

/** A signed address in the cloud's own storage, which must not see the token. */
async function* readLink(
  { fetchFile, host }: DatabricksClient,
  { external_link, http_headers }: Link,
  signal: AbortSignal,
): AsyncGenerator<readonly Row[]> {
  try {
    const headers = http_headers ?? {}
    const response = await fetchFile(external_link, { headers, signal })
    if (!response.ok || response.body === null) {
      await response.body?.cancel()
      const message = `The storage of ${host} refused a part of the result with ${response.status}.`
      throw new RemoteRefusal(response.status, message, { isPassing: true })
    }
    yield* parseRows(response.body)
  } catch (error) {
    throw toConnectorFailure(error, signal)
  }
}

const quote = '"'.charCodeAt(0)
const backslash = '\\'.charCodeAt(0)
const opening = '['.charCodeAt(0)
const closing = ']'.charCodeAt(0)

/**
 * The rows of `[["a",null],…]` as it comes. A chunk has up to 20 MB, which `JSON.parse` would take a tenth of a second
 * and five times the memory for.
 */
export async function* parseRows(body: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Row[]> {
  const decoder = new TextDecoder()
  let unfinished = ''
  let depth = 0
  let isString = false
  let isEscaped = false
  for await (const bytes of body) {
    const text = decoder.decode(bytes, { stream: true })
    const rows: Row[] = []
    let start = 0
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (isString) {
        if (isEscaped) isEscaped = false
        else if (code === backslash) isEscaped = true
        else if (code === quote) isString = false
      } else if (code === quote) isString = true
      else if (code === opening && ++depth === 2) start = at
      else if (code === closing && depth-- === 2) {
        rows.push(JSON.parse(unfinished + text.slice(start, at + 1)))
        unfinished = ''
      }
    }
    if (depth >= 2) unfinished += text.slice(start)
    if (rows.length > 0) yield rows
    // Pieces that are here already follow each other without a turn of the event loop.
    await turn()
  }
  if (depth !== 0) throw new ConnectorFailure('A part of the result ended too early.', { isPassing: true })
}
