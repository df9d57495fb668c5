import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

/** A chat completion as a client sent it, and whether that client is still there. */
export interface ModelServerRequest {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: ChatBody
  /** Settles when the answer is finished or the client hung up. */
  readonly closed: Promise<'finished' | 'aborted'>
}

export interface ChatBody {
  readonly model: string
  readonly messages: readonly WireMessage[]
  readonly stream?: boolean
  readonly stream_options?: { readonly include_usage?: boolean }
  readonly tools?: readonly { readonly type: 'function'; readonly function: WireFunction }[]
  readonly [field: string]: unknown
}

export interface WireMessage {
  readonly role: string
  readonly content: string | null
  readonly tool_calls?: readonly { id: string; type: 'function'; function: { name: string; arguments: string } }[]
  readonly tool_call_id?: string
}

interface WireFunction {
  readonly name: string
  readonly description: string
  readonly parameters: Readonly<Record<string, unknown>>
}

interface Answer {
  /** Sent one chunk each; a string is cut into words. Give an async iterable to decide in the test when each goes out. */
  readonly text?: string | Iterable<string> | AsyncIterable<string>
  readonly reasoning?: readonly string[]
  /** Arguments are sent in three pieces; a string goes out as it is, broken JSON included. */
  readonly toolCalls?: readonly { readonly name: string; readonly arguments?: object | string; readonly id?: string }[]
  /** The answer of servers that only know the older `function_call`. */
  readonly functionCall?: { readonly name: string; readonly arguments?: object | string }
  readonly tokenDelayMs?: number
  readonly finishReason?: string
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number }
  /** After the text: `break` cuts the socket, `end` closes the body without a finish, `hang` sends nothing more, `error` sends an error chunk. */
  readonly ending?: 'finish' | 'break' | 'end' | 'hang' | 'error'
  /** One JSON object although a stream was asked for. */
  readonly ignoreStream?: boolean
}

interface Refusal {
  readonly status: number
  readonly error?:
    | string
    | { readonly message: string; readonly type?: string; readonly code?: string; readonly param?: string }
  readonly headers?: Readonly<Record<string, string>>
}

/** A string is a text answer; `hang` accepts the request and never answers; `reset` cuts the socket before any byte. */
export type ModelReply = string | Answer | Refusal | 'hang' | 'reset'
export type ModelScript = readonly ModelReply[] | ((body: ChatBody, index: number) => ModelReply | Promise<ModelReply>)

export interface ModelServer {
  /** As `OPENAI_BASE_URL` takes it: ends in `/v1`. */
  readonly url: string
  /** Chat completions in the order they arrived. */
  readonly requests: readonly ModelServerRequest[]
  /** What comes next: a list answers one request per entry (the last one again and again), a function each request. */
  script(script: ModelScript): void
  /** What `/v1/models` says from now on. */
  listModels(models: readonly string[] | Refusal | 'hang'): void
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * A local server that speaks OpenAI's protocol: `/v1/models` and `/v1/chat/completions`, streamed or not. With `apiKey`
 * it refuses any other key, as OpenAI does. Without a script it answers "Hello from the model.".
 */
export async function startModelServer(
  options: { readonly models?: readonly string[]; readonly apiKey?: string } = {},
): Promise<ModelServer> {
  const requests: ModelServerRequest[] = []
  let models: readonly string[] | Refusal | 'hang' = options.models ?? ['test-model']
  let script: ModelScript = ['Hello from the model.']
  let position = 0

  const next = async (body: ChatBody): Promise<ModelReply> => {
    const index = position++
    if (typeof script === 'function') return script(body, index)
    return script[Math.min(index, script.length - 1)] ?? { status: 500, error: 'The script is empty' }
  }

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const text = await readBody(request)
    const path = request.url ?? ''
    if (options.apiKey !== undefined && request.headers.authorization !== `Bearer ${options.apiKey}`) {
      const sent = (request.headers.authorization ?? '').replace('Bearer ', '')
      return refuse(response, {
        status: 401,
        error: {
          message: `Incorrect API key provided: ${sent}.`,
          type: 'invalid_request_error',
          code: 'invalid_api_key',
        },
      })
    }
    if (path === '/v1/models') {
      if (models === 'hang') return
      if ('status' in models) return refuse(response, models)
      const data = models.map((id) => ({ id, object: 'model', created: 1_700_000_000, owned_by: 'test' }))
      return sendJson(response, 200, { object: 'list', data })
    }
    if (path !== '/v1/chat/completions') {
      return refuse(response, { status: 404, error: `Unknown request URL: ${request.method} ${path}.` })
    }
    const body: ChatBody = JSON.parse(text)
    const closed = new Promise<'finished' | 'aborted'>((resolve) => {
      response.on('close', () => resolve(response.writableFinished ? 'finished' : 'aborted'))
    })
    requests.push({ path, headers: request.headers, body, closed })
    await send(response, body, await next(body))
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
    requests,
    script: (value) => {
      script = value
      position = 0
    },
    listModels: (value) => {
      models = value
    },
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = ''
  request.setEncoding('utf8')
  for await (const piece of request) text += piece
  return text
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

function refuse(response: ServerResponse, { status, error = 'The server had an error', headers }: Refusal): void {
  const type = status === 429 ? 'requests' : status >= 500 ? 'server_error' : 'invalid_request_error'
  const detail = typeof error === 'string' ? { message: error } : error
  sendJson(response, status, { error: { type, param: null, code: null, ...detail } }, headers)
}

async function send(response: ServerResponse, body: ChatBody, reply: ModelReply): Promise<void> {
  if (reply === 'hang') return
  if (reply === 'reset') {
    response.socket?.resetAndDestroy()
    return
  }
  if (typeof reply === 'object' && 'status' in reply) return refuse(response, reply)
  const answer: Answer = typeof reply === 'string' ? { text: reply } : reply
  if (body.stream === true && answer.ignoreStream !== true) return sendStream(response, body, answer)
  let text = ''
  for await (const token of tokens(answer.text)) text += token
  sendJson(response, 200, {
    id: 'chatcmpl-test',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: body.model,
    choices: [{ index: 0, message: wholeMessage(answer, text), finish_reason: finishReason(answer) }],
    usage: usage(answer),
  })
}

function wholeMessage(answer: Answer, text: string): unknown {
  return {
    role: 'assistant',
    content: text === '' && answer.toolCalls !== undefined ? null : text,
    ...(answer.reasoning === undefined ? {} : { reasoning_content: answer.reasoning.join('') }),
    ...(answer.toolCalls === undefined
      ? {}
      : {
          tool_calls: answer.toolCalls.map((call, index) => ({
            id: call.id ?? `call_${index + 1}`,
            type: 'function',
            function: { name: call.name, arguments: argumentText(call.arguments) },
          })),
        }),
    ...(answer.functionCall === undefined
      ? {}
      : { function_call: { name: answer.functionCall.name, arguments: argumentText(answer.functionCall.arguments) } }),
  }
}

async function sendStream(response: ServerResponse, body: ChatBody, answer: Answer): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  const head = { id: 'chatcmpl-test', object: 'chat.completion.chunk', created: 1_700_000_000, model: body.model }
  const write = (value: unknown) => {
    if (!response.destroyed) response.write(`data: ${JSON.stringify(value)}\n\n`)
  }
  const delta = (value: unknown, reason: string | null = null) =>
    write({ ...head, choices: [{ index: 0, delta: value, finish_reason: reason }] })

  delta({ role: 'assistant', content: '' })
  for (const text of answer.reasoning ?? []) delta({ reasoning_content: text })
  for await (const token of tokens(answer.text)) {
    if (response.destroyed) return
    delta({ content: token })
    if (answer.tokenDelayMs !== undefined) await wait(answer.tokenDelayMs)
  }
  sendCalls(answer, delta)
  if (answer.ending === 'hang') return
  if (answer.ending === 'error')
    return void write({
      error: { message: 'The server had an error while processing your request', type: 'server_error' },
    })
  if (answer.ending === 'end') return void response.end()
  if (answer.ending === 'break') {
    // After what was written has left, or the client would never see the text before the break.
    response.write('data: {"choices":[{"delta":{"cont', () => response.socket?.resetAndDestroy())
    return
  }
  delta({}, finishReason(answer))
  if (body.stream_options?.include_usage === true) write({ ...head, choices: [], usage: usage(answer) })
  response.end('data: [DONE]\n\n')
}

function sendCalls(answer: Answer, delta: (value: unknown) => void): void {
  for (const [index, call] of (answer.toolCalls ?? []).entries()) {
    const text = argumentText(call.arguments)
    const third = Math.ceil(text.length / 3)
    delta({
      tool_calls: [
        { index, id: call.id ?? `call_${index + 1}`, type: 'function', function: { name: call.name, arguments: '' } },
      ],
    })
    for (let at = 0; at < text.length; at += third) {
      delta({ tool_calls: [{ index, function: { arguments: text.slice(at, at + third) } }] })
    }
  }
  if (answer.functionCall !== undefined) {
    delta({ function_call: { name: answer.functionCall.name, arguments: '' } })
    delta({ function_call: { arguments: argumentText(answer.functionCall.arguments) } })
  }
}

function argumentText(value: object | string = {}): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function tokens(text: Answer['text']): Iterable<string> | AsyncIterable<string> {
  if (text === undefined) return []
  return typeof text === 'string' ? (text.match(/\s*\S+|\s+$/g) ?? []) : text
}

function finishReason(answer: Answer): string {
  if (answer.finishReason !== undefined) return answer.finishReason
  if (answer.toolCalls !== undefined) return 'tool_calls'
  return answer.functionCall === undefined ? 'stop' : 'function_call'
}

function usage(answer: Answer): unknown {
  const counted = answer.usage ?? { prompt_tokens: 10, completion_tokens: 5 }
  return { ...counted, total_tokens: counted.prompt_tokens + counted.completion_tokens }
}
