import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

interface EmbeddingBody {
  readonly model: string
  readonly input: readonly string[]
  readonly encoding_format?: string
}

/** `slow` answers after 3 s, `cut` breaks off in the middle, `hang` never answers. */
export type EmbeddingFault =
  | { readonly status: number; readonly error?: string; readonly headers?: Readonly<Record<string, string>> }
  | 'wrong-dimensions'
  | 'wrong-count'
  | 'no-number'
  | 'slow'
  | 'cut'
  | 'hang'

export interface EmbeddingServer {
  /** As `QUORY_EMBEDDING_BASE_URL` takes it: ends in `/v1`. */
  readonly url: string
  /** Every text of every request that was answered well, with the model it was asked of. */
  readonly embedded: readonly { readonly model: string; readonly text: string }[]
  readonly requests: readonly { readonly body: EmbeddingBody; readonly headers: IncomingMessage['headers'] }[]
  /** What befalls a request; `undefined`: nothing. */
  befall(fault: (body: EmbeddingBody, index: number) => EmbeddingFault | undefined | Promise<undefined>): void
  [Symbol.asyncDispose](): Promise<void>
}

interface EmbeddingServerOptions {
  readonly dimensions?: number
  /** Words that mean the same have the same vector. */
  readonly synonyms?: Readonly<Record<string, string>>
  readonly apiKey?: string
  /** Sends numbers whatever was asked for, as some servers do. */
  readonly knowsBase64?: boolean
}

/**
 * A local server that speaks OpenAI's `/v1/embeddings`. A text's vector is the sum of its words', which are drawn by
 * hash, another for each model: texts that share words are near, and which is nearest can be told beforehand.
 */
export async function startEmbeddingServer(options: EmbeddingServerOptions = {}): Promise<EmbeddingServer> {
  const embedded: { model: string; text: string }[] = []
  const requests: { body: EmbeddingBody; headers: IncomingMessage['headers'] }[] = []
  let befall: Parameters<EmbeddingServer['befall']>[0] = () => undefined

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body: EmbeddingBody = JSON.parse(await readBody(request))
    if (request.url !== '/v1/embeddings') return refuse(response, { status: 404, error: 'Unknown request URL' })
    if (options.apiKey !== undefined && request.headers.authorization !== `Bearer ${options.apiKey}`)
      return refuse(response, { status: 401, error: `Incorrect API key provided: ${request.headers.authorization}` })
    requests.push({ body, headers: request.headers })
    const fault = await befall(body, requests.length - 1)
    if (fault === 'hang') return
    if (typeof fault === 'object') return refuse(response, fault)
    if (fault === 'slow') await wait(3_000)
    const text = JSON.stringify(answer(body, fault, options))
    response.writeHead(200, { 'content-type': 'application/json' })
    if (fault === 'cut') return void response.write(text.slice(0, 20), () => response.socket?.resetAndDestroy())
    response.end(text)
    if (fault === undefined) for (const input of body.input) embedded.push({ model: body.model, text: input })
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy()
      else refuse(response, { status: 500, error: `The test's script failed: ${String(error)}` })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A TCP server that listens has an AddressInfo.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1`,
    embedded,
    requests,
    befall: (fault) => {
      befall = fault
    },
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function answer(body: EmbeddingBody, fault: EmbeddingFault | undefined, options: EmbeddingServerOptions) {
  const { dimensions = 32, synonyms = {}, knowsBase64 = true } = options
  const length = fault === 'wrong-dimensions' ? dimensions + 1 : dimensions
  const vectors = body.input.map((text) => vectorOf(body.model, text, length, synonyms))
  if (fault === 'wrong-count') vectors.pop()
  const asText = (vector: Float32Array) =>
    body.encoding_format === 'base64' && knowsBase64 ? Buffer.from(vector.buffer).toString('base64') : [...vector]
  return {
    object: 'list',
    model: body.model,
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: fault === 'no-number' ? vector.toString().split(',') : asText(vector),
    })),
    usage: { prompt_tokens: 1, total_tokens: 1 },
  }
}

export function vectorOf(
  model: string,
  text: string,
  dimensions: number,
  synonyms: Readonly<Record<string, string>> = {},
): Float32Array {
  const sum = new Float32Array(dimensions)
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ['']) {
    const meaning = synonyms[word] ?? word
    for (let i = 0; i < dimensions; i++) {
      const byte =
        createHash('md5')
          .update(`${model} ${meaning} ${i >> 4}`)
          .digest()[i & 15] ?? 0
      sum[i] = (sum[i] ?? 0) + byte / 127.5 - 1
    }
  }
  return sum
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = ''
  request.setEncoding('utf8')
  for await (const piece of request) text += piece
  return text
}

function refuse(response: ServerResponse, { status, error, headers }: Exclude<EmbeddingFault, string>): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify({ error: { message: error ?? 'The server had an error', type: 'server_error' } }))
}
