import type { Dispatcher } from 'undici'
import type { LanguageModel, ModelEvent, ModelMessage, ModelRequest, ToolCall } from './language-model.ts'
import { ModelError } from './language-model.ts'
import { readChatStream, readWholeAnswer } from './openai-stream.ts'
import { connectionError, readRefusal, refusalError, scrubSecrets } from './provider-error.ts'
import { retryBeforeFirstEvent } from './retry-before-first-event.ts'

/** A server with `/chat/completions`. */
export interface OpenAiEndpoint {
  /** As clients put it before the model: `openai` in `openai/gpt-4o`. */
  readonly provider: string
  /** Without a slash at the end, such as `https://api.openai.com/v1`. */
  readonly baseUrl: string
  readonly apiKey: string | undefined
  /** How long it may send nothing. */
  readonly timeoutMs: number
  readonly dispatcher: Dispatcher
  /** First pause before another try. */
  readonly retryDelayMs?: number
}

/** What one model refused, so that the next request leaves it out. Forgotten after a while: servers are set up anew. */
interface Refused {
  parameters: ReadonlySet<Parameter>
  toolsUntil: number
}

type Parameter = 'max_tokens' | 'max_completion_tokens' | 'temperature' | 'stream_options'
const adjustable: readonly Parameter[] = ['max_tokens', 'max_completion_tokens', 'temperature', 'stream_options']
/** OpenAI's reasoning models take `max_completion_tokens` only. */
const refusesMaxTokens = /^(o\d|gpt-([5-9]|\d\d))/
const rememberToolsRefusedMs = 10 * 60_000
const maxErrorBytes = 64 * 1024

/** Models of one endpoint, by their provider's name. */
export function createOpenAiModels(endpoint: OpenAiEndpoint): (name: string) => LanguageModel {
  const refusals = new Map<string, Refused>()
  return (name) => {
    let refused = refusals.get(name)
    if (refused === undefined) {
      const parameters =
        isOpenAi(endpoint.baseUrl) && refusesMaxTokens.test(name)
          ? new Set<Parameter>(['max_tokens'])
          : new Set<Parameter>()
      refused = { parameters, toolsUntil: 0 }
      refusals.set(name, refused)
    }
    return createModel(endpoint, name, refused)
  }
}

function isOpenAi(baseUrl: string): boolean {
  return new URL(baseUrl).hostname === 'api.openai.com'
}

function createModel(endpoint: OpenAiEndpoint, name: string, refused: Refused): LanguageModel {
  return {
    id: `${endpoint.provider}/${name}`,
    name,
    stream: (request) =>
      retryBeforeFirstEvent(() => streamOnce(endpoint, name, request, refused), {
        signal: request.signal,
        ...(endpoint.retryDelayMs === undefined ? {} : { delayMs: endpoint.retryDelayMs }),
      }),
  }
}

/** One try, and at once another one without a parameter that this model turns out not to take. */
async function* streamOnce(
  endpoint: OpenAiEndpoint,
  name: string,
  request: ModelRequest,
  refused: Refused,
): AsyncGenerator<ModelEvent> {
  const sentTools = request.tools !== undefined && request.tools.length > 0
  if (sentTools && refused.toolsUntil > Date.now()) {
    throw new ModelError('tools_unsupported', `${name} does not take tools`)
  }
  const secrets = endpoint.apiKey === undefined ? [] : [endpoint.apiKey]
  try {
    const response = await post(endpoint, name, request, refused)
    const body = response.body.setEncoding('utf8')
    if (response.statusCode !== 200) {
      const text = await readStart(body)
      const retryAfter = firstHeader(response.headers['retry-after'])
      if (response.statusCode === 400 || response.statusCode === 422) {
        const parameter = refusedParameter(text, refused)
        if (parameter !== undefined) {
          refused.parameters = new Set([...refused.parameters, parameter])
          return yield* streamOnce(endpoint, name, request, refused)
        }
      }
      throw refusalError({ status: response.statusCode, body: text, retryAfter, secrets, sentTools })
    }
    if (firstHeader(response.headers['content-type'])?.includes('application/json') === true) {
      return yield* readWholeAnswer(await readAll(body), { secrets, sentTools })
    }
    // Not destroyed at the end: the connection serves the next request.
    const chunks: AsyncIterable<string> = { [Symbol.asyncIterator]: () => body.iterator({ destroyOnReturn: false }) }
    let finished = false
    try {
      for await (const event of readChatStream(chunks, { secrets, sentTools, pace: request.pace })) {
        finished = event.type === 'finish'
        yield event
      }
    } finally {
      // A body that had come whole when its reader left fails with nobody to hear it, which would end the process.
      body.on('error', () => undefined)
      if (finished) body.dump(untilClosed()).catch(() => body.destroy())
      else body.destroy()
    }
  } catch (error) {
    request.signal.throwIfAborted()
    if (error instanceof ModelError) {
      if (error.reason === 'tools_unsupported') refused.toolsUntil = Date.now() + rememberToolsRefusedMs
      throw error
    }
    throw (
      connectionError(error, secrets) ??
      new ModelError(
        'broken_stream',
        `The model provider's answer broke off (${scrubSecrets(String(error), secrets)})`,
        {
          cause: error,
        },
      )
    )
  }
}

async function post(
  endpoint: OpenAiEndpoint,
  name: string,
  request: ModelRequest,
  refused: Refused,
): Promise<Dispatcher.ResponseData> {
  const { request: send } = await import('undici')
  return send(`${endpoint.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      ...(endpoint.apiKey === undefined ? {} : { authorization: `Bearer ${endpoint.apiKey}` }),
    },
    body: JSON.stringify(requestBody(name, request, refused.parameters)),
    signal: request.signal,
    headersTimeout: endpoint.timeoutMs,
    bodyTimeout: endpoint.timeoutMs,
    dispatcher: endpoint.dispatcher,
  })
}

function requestBody(name: string, request: ModelRequest, refused: ReadonlySet<Parameter>): unknown {
  const { tools, temperature, maxTokens } = request
  const limit = refused.has('max_tokens') ? 'max_completion_tokens' : 'max_tokens'
  return {
    model: name,
    messages: request.messages.map(wireMessage),
    stream: true,
    ...(refused.has('stream_options') ? {} : { stream_options: { include_usage: true } }),
    ...(temperature === undefined || refused.has('temperature') ? {} : { temperature }),
    ...(maxTokens === undefined || refused.has(limit) ? {} : { [limit]: maxTokens }),
    ...(tools === undefined || tools.length === 0
      ? {}
      : {
          tools: tools.map(({ name: toolName, description, inputSchema }) => ({
            type: 'function',
            function: { name: toolName, description, parameters: inputSchema },
          })),
        }),
  }
}

function wireMessage(message: ModelMessage): unknown {
  if (message.role === 'tool') return { role: 'tool', tool_call_id: message.toolCallId, content: message.content }
  if (message.role !== 'assistant' || message.toolCalls === undefined) {
    return { role: message.role, content: message.content }
  }
  const { reasoning_content: reasoning } = message.toolCalls[0]?.providerData ?? {}
  return {
    role: 'assistant',
    content: message.content === '' ? null : message.content,
    ...(reasoning === undefined ? {} : { reasoning_content: reasoning }),
    tool_calls: message.toolCalls.map(wireCall),
  }
}

function wireCall(call: ToolCall): unknown {
  const { extra_content: extraContent } = call.providerData ?? {}
  return {
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.input) },
    ...(extraContent === undefined ? {} : { extra_content: extraContent }),
  }
}

/** The parameter that a 400 complains of, unless it was left out already. */
function refusedParameter(body: string, refused: Refused): Parameter | undefined {
  const { message, param } = readRefusal(body)
  const about = `${param ?? ''} ${message}`
  if (
    !/unsupported|not supported|does not support|unrecognized|unknown|unexpected|not permitted|extra (inputs|fields)/i.test(
      about,
    )
  ) {
    return undefined
  }
  const named = adjustable.find((parameter) => param === parameter)
  const found = named ?? adjustable.find((parameter) => new RegExp(`\\b${parameter}\\b`).test(message))
  return found === undefined || refused.parameters.has(found) ? undefined : found
}

/** What follows the end of an answer is a few bytes; a server that does not close then loses the connection. */
function untilClosed() {
  return { limit: Number.MAX_SAFE_INTEGER, signal: AbortSignal.timeout(2_000) }
}

async function readAll(body: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const chunk of body) text += chunk
  return text
}

async function readStart(body: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const chunk of body) {
    text += chunk
    if (text.length > maxErrorBytes) break
  }
  return text
}

function firstHeader(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
