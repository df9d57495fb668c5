import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { version } from '../../version.ts'
import type { Fetch } from './call-limits.ts'
import { ConnectorFailure } from './connector.ts'
import { RemoteRefusal, retryAfter, toConnectorFailure } from './remote-failure.ts'
import { retryPassing } from './retry-passing.ts'

const cancelTimeoutMs = 5_000

const link = z.object({
  external_link: z.string(),
  http_headers: z.record(z.string(), z.string()).nullish(),
  next_chunk_internal_link: z.string().nullish(),
})
export const resultChunk = z.object({
  data_array: z.array(z.array(z.string().nullable())).nullish(),
  external_links: z.array(link).nullish(),
  next_chunk_internal_link: z.string().nullish(),
})
export type ResultChunk = z.infer<typeof resultChunk>

const statementResponse = z.object({
  statement_id: z.string(),
  status: z.object({
    state: z.string(),
    error: z.object({ error_code: z.string().nullish(), message: z.string().nullish() }).nullish(),
  }),
  manifest: z
    .object({
      schema: z.object({ columns: z.array(z.object({ name: z.string() })).nullish() }),
      truncated: z.boolean().nullish(),
    })
    .nullish(),
  result: resultChunk.nullish(),
})
type StatementResponse = z.infer<typeof statementResponse>

const refusal = z.object({ error_code: z.string().optional(), message: z.string().optional() })

export interface DatabricksClient {
  readonly host: string
  readonly url: URL
  readonly warehouseId: string
  readonly token: string
  /** Its limit on time is more than the half minute for which a statement's answer may wait. */
  readonly fetchAnswer: Fetch
  readonly fetchFile: Fetch
}

/** A statement that the warehouse took and could not run. */
export class StatementFailure extends ConnectorFailure {}

/** One call of the workspace's API. `path` as the service gave it, or as its documentation has it. */
export async function callDatabricks<T>(
  { url, host, token, fetchAnswer }: DatabricksClient,
  path: string,
  { shape, body, signal }: { shape: z.ZodType<T>; body?: unknown; signal: AbortSignal },
): Promise<T> {
  return await retryPassing(signal, async () => {
    try {
      const target = new URL(path, url)
      // A path the service gives goes back to the same service, with the token, and to no other.
      if (target.origin !== url.origin)
        throw new ConnectorFailure(`${host} pointed to another server for its own data.`)
      const response = await fetchAnswer(target.href, {
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'user-agent': `quory/${version}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal,
      })
      const text = await response.text()
      if (!response.ok) throw toRefusal(response, text, host)
      return shape.parse(JSON.parse(text))
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof z.ZodError) {
        throw new ConnectorFailure(`What ${host} answered is not of the Databricks API. Check the field host.`, {
          cause: error,
        })
      }
      throw toConnectorFailure(error, signal)
    }
  })
}

function toRefusal({ status, headers }: Response, text: string, host: string): RemoteRefusal {
  const said = readRefusal(text)
  const detail = said.message === undefined ? '' : `: ${said.message.split('\n')[0]?.slice(0, 300)}`
  const isPassing = status === 429 || status >= 500
  if (isPassing) {
    const sentence = status === 429 ? `${host} wants fewer requests` : `${host} is out of order (${status})`
    return new RemoteRefusal(status, `${sentence}.`, { isPassing, ...retryAfter(headers.get('retry-after')) })
  }
  if (status === 401 || (status === 403 && /invalid access token|credential/i.test(detail))) {
    return new RemoteRefusal(status, `${host} does not accept the access token: it is wrong, expired or revoked.`)
  }
  if (status === 403)
    return new RemoteRefusal(status, `The access token may not use this SQL warehouse or data${detail}`)
  if (status === 404)
    return new RemoteRefusal(status, `There is no such SQL warehouse; check the field http_path${detail}`)
  return new RemoteRefusal(status, `${host} refused the request with ${status}${detail}`)
}

function readRefusal(text: string): z.infer<typeof refusal> {
  try {
    return refusal.safeParse(JSON.parse(text)).data ?? {}
  } catch {
    // A proxy's page, say: the status alone has to do.
    return {}
  }
}

export interface Statement {
  readonly sql: string
  readonly parameters?: Readonly<Record<string, string>>
  /** Inline answers hold 25 MB at most; links are for tables. */
  readonly disposition: 'INLINE' | 'EXTERNAL_LINKS'
  readonly byteLimit?: number
  readonly rowLimit?: number
  /** How long the warehouse may take, its own start included. */
  readonly timeoutMs: number
}

export interface StatementResult {
  readonly columns: readonly string[]
  readonly isTruncated: boolean
  readonly first: ResultChunk
}

/** Runs a statement to its end. Given up, it is cancelled: a warehouse that works for nobody costs money. */
export async function runStatement(
  client: DatabricksClient,
  statement: Statement,
  signal: AbortSignal,
): Promise<StatementResult> {
  const deadline = Date.now() + statement.timeoutMs
  let response = await callDatabricks(client, '/api/2.0/sql/statements', {
    shape: statementResponse,
    body: {
      warehouse_id: client.warehouseId,
      statement: statement.sql,
      parameters: Object.entries(statement.parameters ?? {}).map(([name, value]) => ({ name, value })),
      disposition: statement.disposition,
      format: 'JSON_ARRAY',
      wait_timeout: '30s',
      on_wait_timeout: 'CONTINUE',
      ...(statement.byteLimit === undefined ? {} : { byte_limit: statement.byteLimit }),
      ...(statement.rowLimit === undefined ? {} : { row_limit: statement.rowLimit }),
    },
    signal,
  })
  const path = `/api/2.0/sql/statements/${encodeURIComponent(response.statement_id)}`
  try {
    for (let pauseMs = 250; isUnderWay(response); pauseMs = Math.min(pauseMs * 2, 5_000)) {
      if (Date.now() + pauseMs > deadline) {
        throw new ConnectorFailure('The SQL warehouse did not answer in time; it may still be starting.', {
          isPassing: true,
        })
      }
      await wait(pauseMs, undefined, { signal })
      response = await callDatabricks(client, path, { shape: statementResponse, signal })
    }
  } catch (error) {
    await cancelStatement(client, path)
    throw signal.aborted ? signal.reason : error
  }
  return readResult(response)
}

function isUnderWay({ status }: StatementResponse): boolean {
  return status.state === 'PENDING' || status.state === 'RUNNING'
}

function readResult({ status, manifest, result }: StatementResponse): StatementResult {
  if (status.state !== 'SUCCEEDED') {
    const said = status.error?.message?.split('\n')[0]?.slice(0, 300)
    const isPassing =
      status.state !== 'FAILED' || /TEMPORARILY|RESOURCE_EXHAUSTED|DEADLINE/.test(status.error?.error_code ?? '')
    throw new StatementFailure(said ?? `The SQL warehouse ended the statement as ${status.state}.`, { isPassing })
  }
  return {
    columns: (manifest?.schema.columns ?? []).map(({ name }) => name),
    isTruncated: manifest?.truncated === true,
    first: result ?? {},
  }
}

async function cancelStatement(client: DatabricksClient, path: string): Promise<void> {
  try {
    const signal = AbortSignal.timeout(cancelTimeoutMs)
    await callDatabricks(client, `${path}/cancel`, { shape: z.unknown(), body: {}, signal })
  } catch {
    // It ends by itself at the warehouse's own limit; why we gave up matters more.
  }
}
