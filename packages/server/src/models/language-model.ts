/** What a model is asked with, independent of any provider's wire format. */
export type ModelMessage =
  | { readonly role: 'system' | 'user'; readonly content: string }
  | { readonly role: 'assistant'; readonly content: string; readonly toolCalls?: readonly ToolCall[] }
  | { readonly role: 'tool'; readonly toolCallId: string; readonly toolName: string; readonly content: string }

export interface ToolCall {
  readonly id: string
  readonly name: string
  /** Parsed JSON arguments; `{}` when the model sent none or broken JSON. */
  readonly input: Readonly<Record<string, unknown>>
  /** What the provider wants back with the call in the next request, such as its reasoning's signature. Opaque. */
  readonly providerData?: Readonly<Record<string, unknown>>
}

export interface ToolDefinition {
  readonly name: string
  readonly description: string
  /** JSON Schema of the input. */
  readonly inputSchema: Readonly<Record<string, unknown>>
}

export interface ModelRequest {
  readonly messages: readonly ModelMessage[]
  readonly tools?: readonly ToolDefinition[]
  /** 0 to 2. */
  readonly temperature?: number
  /** At least 1. */
  readonly maxTokens?: number
  readonly signal: AbortSignal
  /** After its first text a live stream is read on when this resolves; what came meanwhile then comes as one piece. */
  readonly pace?: () => Promise<void>
}

/** Tokens, as the provider counted them. */
export interface Usage {
  readonly inputTokens: number
  readonly outputTokens: number
}

export type ModelEvent =
  | { readonly type: 'text-delta'; readonly text: string }
  | { readonly type: 'reasoning-delta'; readonly text: string }
  | { readonly type: 'tool-call'; readonly call: ToolCall }
  | { readonly type: 'finish'; readonly reason: 'stop' | 'length' | 'tool-calls' | 'other'; readonly usage?: Usage }

/** A model of some provider. `stream` throws a `ModelError` before or in the middle of its events. */
export interface LanguageModel {
  /** As a client names it, such as `openai/gpt-4o`. */
  readonly id: string
  /** The provider's own name for it, such as `gpt-4o`. */
  readonly name: string
  stream(request: ModelRequest): AsyncIterable<ModelEvent>
}

/** Why a provider did not answer, in words without any secret. */
export class ModelError extends Error {
  override readonly name = 'ModelError'
  readonly reason: 'unavailable' | 'refused' | 'timeout' | 'tools_unsupported' | 'context_too_long' | 'broken_stream'
  /** Whether the same request may succeed soon, and when the provider said to come back. */
  readonly retry: { readonly afterMs: number | undefined } | undefined

  constructor(
    reason: ModelError['reason'],
    message: string,
    options: { cause?: unknown; retry?: { readonly afterMs: number | undefined } } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.reason = reason
    this.retry = options.retry
  }
}
