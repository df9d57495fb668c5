import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Message,
  LanguageModelV4StreamPart,
  SharedV4ProviderOptions,
} from '@ai-sdk/provider'
import type { Dispatcher } from 'undici'
import type { LanguageModel, ModelEvent, ModelMessage, ModelRequest, ToolCall, Usage } from './language-model.ts'
import { ModelError } from './language-model.ts'
import { parseInput } from './openai-stream.ts'
import { connectionError, refusalError, scrubSecrets } from './provider-error.ts'
import { retryBeforeFirstEvent } from './retry-before-first-event.ts'

/** A provider with a protocol of its own, reached through the AI SDK's package for it. */
export interface AiSdkProvider {
  readonly provider: 'anthropic' | 'google'
  readonly apiKey: string
  readonly baseUrl: string
  readonly timeoutMs: number
  readonly dispatcher: Dispatcher
  readonly retryDelayMs?: number
}

/** Thoughts that must go back with the tool call they led to, signature and all. */
interface Thought {
  readonly text: string
  readonly providerOptions: SharedV4ProviderOptions
}

/** A model of Anthropic or Google. The package is loaded with the first request. */
export function createAiSdkModel(provider: AiSdkProvider, name: string): LanguageModel {
  let loaded: Promise<LanguageModelV4> | undefined
  return {
    id: `${provider.provider}/${name}`,
    name,
    stream: (request) =>
      retryBeforeFirstEvent(
        () => {
          loaded ??= loadModel(provider, name)
          return streamOnce(provider, loaded, request)
        },
        {
          signal: request.signal,
          ...(provider.retryDelayMs === undefined ? {} : { delayMs: provider.retryDelayMs }),
        },
      ),
  }
}

async function loadModel(provider: AiSdkProvider, name: string): Promise<LanguageModelV4> {
  const { fetch: undiciFetch } = await import('undici')
  const send = (input: unknown, init: unknown) =>
    // The packages call it with a URL and a plain init only, which both fetches read alike.
    undiciFetch(input as string, { ...(init as object), dispatcher: provider.dispatcher })
  const settings = {
    apiKey: provider.apiKey,
    baseURL: provider.baseUrl,
    // Undici's own fetch, because its time-outs are those of the dispatcher; its types name its own Request and Response.
    fetch: send as unknown as typeof globalThis.fetch,
  }
  if (provider.provider === 'anthropic') {
    const { createAnthropic } = await import('@ai-sdk/anthropic')
    return createAnthropic(settings).languageModel(name)
  }
  const { createGoogle } = await import('@ai-sdk/google')
  return createGoogle(settings).languageModel(name)
}

async function* streamOnce(
  provider: AiSdkProvider,
  loaded: Promise<LanguageModelV4>,
  request: ModelRequest,
): AsyncGenerator<ModelEvent> {
  const sentTools = request.tools !== undefined && request.tools.length > 0
  try {
    const model = await loaded
    const { stream } = await model.doStream(callOptions(request))
    const reader = stream.getReader()
    try {
      yield* readParts(async () => (await reader.read()).value)
    } finally {
      await reader.cancel().catch(() => undefined)
    }
  } catch (error) {
    request.signal.throwIfAborted()
    throw error instanceof ModelError ? error : asModelError(error, provider, sentTools)
  }
}

async function* readParts(next: () => Promise<LanguageModelV4StreamPart | undefined>): AsyncGenerator<ModelEvent> {
  const thoughts = new Map<string, Thought>()
  let calls = 0
  for (let part = await next(); part !== undefined; part = await next()) {
    switch (part.type) {
      case 'text-delta':
        if (part.delta !== '') yield { type: 'text-delta', text: part.delta }
        break
      case 'reasoning-start':
      case 'reasoning-delta':
      case 'reasoning-end': {
        const delta = part.type === 'reasoning-delta' ? part.delta : ''
        const before = thoughts.get(part.id)
        const providerOptions = mergeOptions(before?.providerOptions ?? {}, part.providerMetadata ?? {})
        thoughts.set(part.id, { text: (before?.text ?? '') + delta, providerOptions })
        if (delta !== '') yield { type: 'reasoning-delta', text: delta }
        break
      }
      case 'tool-call':
        yield { type: 'tool-call', call: readCall(part, calls++ === 0 ? [...thoughts.values()] : []) }
        break
      case 'error':
        throw part.error
      case 'finish': {
        const { inputTokens, outputTokens } = part.usage
        const usage: Usage = { inputTokens: inputTokens.total ?? 0, outputTokens: outputTokens.total ?? 0 }
        yield { type: 'finish', reason: calls > 0 ? 'tool-calls' : finishReason(part.finishReason), usage }
        return
      }
    }
  }
  throw brokenStream()
}

function brokenStream(): ModelError {
  return new ModelError('broken_stream', "The model provider's answer stopped in the middle", {
    retry: { afterMs: undefined },
  })
}

function readCall(
  part: Extract<LanguageModelV4StreamPart, { type: 'tool-call' }>,
  thoughts: readonly Thought[],
): ToolCall {
  const providerData = {
    ...(part.providerMetadata === undefined ? {} : { providerOptions: part.providerMetadata }),
    ...(thoughts.length === 0 ? {} : { thoughts }),
  }
  return {
    id: part.toolCallId,
    name: part.toolName,
    input: parseInput(part.input),
    ...(Object.keys(providerData).length === 0 ? {} : { providerData }),
  }
}

function mergeOptions(first: SharedV4ProviderOptions, second: SharedV4ProviderOptions): SharedV4ProviderOptions {
  const merged: SharedV4ProviderOptions = { ...first }
  for (const [name, options] of Object.entries(second)) merged[name] = { ...merged[name], ...options }
  return merged
}

/** `error` and unknown reasons of a stream that did end are not a clean stop. */
function finishReason({ unified }: { readonly unified: string }): 'stop' | 'length' | 'tool-calls' | 'other' {
  if (unified === 'error' || unified === 'interrupted') throw brokenStream()
  return unified === 'stop' || unified === 'length' ? unified : 'other'
}

function callOptions(request: ModelRequest): LanguageModelV4CallOptions {
  const { temperature, maxTokens, tools } = request
  // A conversation with tool calls in it must say which tools those were, even when no more calls are wanted.
  const used = request.messages.some((message) => message.role === 'tool')
  const offered = tools ?? []
  const declared = offered.length > 0 || !used ? offered : usedTools(request.messages)
  return {
    prompt: joinToolResults(request.messages),
    abortSignal: request.signal,
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxTokens === undefined ? {} : { maxOutputTokens: maxTokens }),
    ...(declared.length === 0
      ? {}
      : {
          tools: declared.map(({ name, description, inputSchema }) => ({
            type: 'function' as const,
            name,
            description,
            // Our tool definitions hold plain JSON Schema; only the type's index signatures differ.
            inputSchema: inputSchema as object,
          })),
          toolChoice: { type: offered.length === 0 ? ('none' as const) : ('auto' as const) },
        }),
  }
}

function usedTools(messages: readonly ModelMessage[]) {
  const names = new Set(messages.flatMap((message) => (message.role === 'tool' ? [message.toolName] : [])))
  return [...names].map((name) => ({ name, description: '', inputSchema: { type: 'object', properties: {} } }))
}

/** The results of one step's calls stand in one message there. */
function joinToolResults(messages: readonly ModelMessage[]): LanguageModelV4Message[] {
  const prompt: LanguageModelV4Message[] = []
  for (const message of messages) {
    if (message.role === 'tool') {
      const result = {
        type: 'tool-result' as const,
        toolCallId: message.toolCallId,
        toolName: message.toolName,
        output: { type: 'text' as const, value: message.content },
      }
      const last = prompt.at(-1)
      if (last?.role === 'tool') last.content.push(result)
      else prompt.push({ role: 'tool', content: [result] })
    } else if (message.role === 'assistant') {
      prompt.push(assistantMessage(message))
    } else if (message.role === 'system') {
      prompt.push({ role: 'system', content: message.content })
    } else {
      prompt.push({ role: 'user', content: [{ type: 'text', text: message.content }] })
    }
  }
  return prompt
}

function assistantMessage(message: Extract<ModelMessage, { role: 'assistant' }>): LanguageModelV4Message {
  const calls = message.toolCalls ?? []
  return {
    role: 'assistant',
    content: [
      ...calls.flatMap((call) => thoughtsOf(call)).map((thought) => ({ type: 'reasoning' as const, ...thought })),
      ...(message.content === '' ? [] : [{ type: 'text' as const, text: message.content }]),
      ...calls.map((call) => {
        const { providerOptions } = call.providerData ?? {}
        return {
          type: 'tool-call' as const,
          toolCallId: call.id,
          toolName: call.name,
          input: call.input,
          // Made by readCall, from the same provider's metadata.
          ...(providerOptions === undefined ? {} : { providerOptions: providerOptions as SharedV4ProviderOptions }),
        }
      }),
    ],
  }
}

function thoughtsOf(call: ToolCall): readonly Thought[] {
  const { thoughts } = call.providerData ?? {}
  // Made by readCall.
  return Array.isArray(thoughts) ? (thoughts as Thought[]) : []
}

/** The packages' `APICallError` carries the response; anything else is the network's or a broken body. */
function asModelError(error: unknown, provider: AiSdkProvider, sentTools: boolean): ModelError {
  const secrets = [provider.apiKey]
  if (
    error instanceof Error &&
    'statusCode' in error &&
    typeof error.statusCode === 'number' &&
    error.statusCode !== 200
  ) {
    const body = 'responseBody' in error && typeof error.responseBody === 'string' ? error.responseBody : error.message
    return refusalError({ status: error.statusCode, body, retryAfter: retryAfterOf(error), secrets, sentTools })
  }
  const known = connectionError(error, secrets)
  if (known !== undefined) return known
  if (!(error instanceof Error)) {
    // An error event inside the stream: the provider's own object.
    return refusalError({ status: 500, body: JSON.stringify(error), retryAfter: undefined, secrets, sentTools })
  }
  return new ModelError(
    'broken_stream',
    `The model provider's answer broke off (${scrubSecrets(error.message, secrets)})`,
    {
      cause: error,
    },
  )
}

function retryAfterOf(error: Error): string | undefined {
  if (!('responseHeaders' in error) || typeof error.responseHeaders !== 'object' || error.responseHeaders === null) {
    return undefined
  }
  const header: unknown = Object.entries(error.responseHeaders).find(([name]) => name === 'retry-after')?.[1]
  return typeof header === 'string' ? header : undefined
}
