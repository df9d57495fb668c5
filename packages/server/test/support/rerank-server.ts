import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** `tei` is Text Embeddings Inference, which says `texts` for `documents` and answers with a bare list. */
export type RerankShape = 'cohere' | 'jina' | 'tei'

interface RerankBody {
  readonly model?: string
  readonly query?: string
  readonly documents?: readonly string[]
  readonly texts?: readonly string[]
  readonly top_n?: number
}

export interface RerankServer {
  /** As `QUORY_RERANK_URL` takes it. */
  readonly url: string
  readonly requests: readonly RerankBody[]
  /** From now on: a status, an answer of this text, or none at all. */
  fail(how: { readonly status: number } | { readonly text: string } | 'hang' | undefined): void
  [Symbol.asyncDispose](): Promise<void>
}

/** A local server that speaks `/rerank` in one of its shapes; `score` judges each text. At most `most` results come back. */
export async function startRerankServer(
  shape: RerankShape,
  { score, most = 1_000 }: { readonly score: (text: string) => number; readonly most?: number },
): Promise<RerankServer> {
  const requests: RerankBody[] = []
  let failure: Parameters<RerankServer['fail']>[0]

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let text = ''
    for await (const piece of request.setEncoding('utf8')) text += piece
    const body: RerankBody = JSON.parse(text)
    requests.push(body)
    if (failure === 'hang') return
    if (failure !== undefined && 'status' in failure) return send(response, failure.status, { message: 'no' })
    if (failure !== undefined) return void response.end(failure.text)
    const texts = shape === 'tei' ? body.texts : body.documents
    if (texts === undefined) {
      const message = 'Failed to deserialize the JSON body into the target type: missing field `texts`'
      return send(response, 422, { error: message, error_type: 'Validation' })
    }
    if (shape === 'cohere' && body.model === undefined) return send(response, 400, { message: 'model is required' })
    const results = texts
      .map((document, index) => ({ index, score: score(document), document }))
      .sort((a, b) => b.score - a.score)
      .slice(0, Math.min(most, body.top_n ?? texts.length))
    send(response, 200, present(shape, body.model, results))
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A TCP server that listens has an AddressInfo.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/${shape === 'cohere' ? 'v2/' : shape === 'jina' ? 'v1/' : ''}rerank`,
    requests,
    fail: (how) => {
      failure = how
    },
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function present(
  shape: RerankShape,
  model: string | undefined,
  results: readonly { readonly index: number; readonly score: number; readonly document: string }[],
): unknown {
  if (shape === 'tei') return results.map(({ index, score }) => ({ index, score }))
  const list = results.map(({ index, score, document }) => ({
    index,
    relevance_score: score,
    ...(shape === 'jina' ? { document: { text: document } } : {}),
  }))
  if (shape === 'jina') return { model, usage: { total_tokens: 1 }, results: list }
  return { id: '1', results: list, meta: { api_version: { version: '2' } } }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
