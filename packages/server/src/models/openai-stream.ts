import { randomUUID } from 'node:crypto'
import { createParser } from 'eventsource-parser'
import { ModelError, type ModelEvent, type ToolCall, type Usage } from './language-model.ts'
import { refusalError } from './provider-error.ts'

/** A chunk of `/chat/completions`, or the whole answer of a server that does not stream. Nothing in it is trusted. */
interface WireAnswer {
  readonly choices?: readonly WireChoice[] | null
  readonly usage?: { readonly prompt_tokens?: unknown; readonly completion_tokens?: unknown } | null
  readonly error?: unknown
}

interface WireChoice {
  readonly delta?: WireMessage | null
  readonly message?: WireMessage | null
  readonly finish_reason?: unknown
}

interface WireMessage {
  readonly content?: unknown
  readonly reasoning_content?: unknown
  readonly reasoning?: unknown
  readonly tool_calls?: readonly WireCall[] | null
  readonly function_call?: WireFunction | null
}

interface WireCall {
  readonly index?: unknown
  readonly id?: unknown
  readonly function?: WireFunction | null
  readonly extra_content?: unknown
}

interface WireFunction {
  readonly name?: unknown
  readonly arguments?: unknown
}

interface OpenCall {
  index: unknown
  id: string
  name: string
  argumentText: string
  extraContent: unknown
}

/** A line longer than this is no token of any model. */
const maxLineLength = 8_000_000

interface AnswerContext {
  readonly secrets: readonly string[]
  readonly sentTools: boolean
  readonly pace?: (() => Promise<void>) | undefined
}

/** The events of one streamed answer. Ends with `finish`, or throws: a stream that just stops is broken, not done. */
export async function* readChatStream(
  chunks: AsyncIterable<string>,
  context: AnswerContext,
): AsyncGenerator<ModelEvent> {
  const answer = new ChatAnswer(context)
  let failure: ModelError | undefined
  const parser = createParser({
    maxBufferSize: maxLineLength,
    onEvent: ({ data }) => {
      if (failure === undefined) failure = answer.read(data)
    },
  })
  for await (const chunk of chunks) {
    parser.feed(chunk)
    // Not yield*: on a list that costs a promise more per event.
    for (const event of answer.takeEvents()) yield event
    if (failure !== undefined) throw failure
    if (answer.isDone) break
    if (answer.hasText) await context.pace?.()
  }
  yield* answer.end()
}

/** The events of an answer that came as one JSON object. */
export function readWholeAnswer(text: string, context: AnswerContext): readonly ModelEvent[] {
  const answer = new ChatAnswer(context)
  const failure = answer.read(text)
  if (failure !== undefined) throw failure
  return [...answer.takeEvents(), ...answer.end()]
}

/** Collects what has come of one answer: text goes out at once, tool calls when they are whole. */
class ChatAnswer {
  readonly #context: AnswerContext
  #events: ModelEvent[] = []
  readonly #calls: OpenCall[] = []
  #reasoning = ''
  #finishReason: string | undefined
  #usage: Usage | undefined
  isDone = false
  hasText = false

  constructor(context: AnswerContext) {
    this.#context = context
  }

  takeEvents(): readonly ModelEvent[] {
    const events = this.#events
    if (events.length > 0) this.#events = []
    return events
  }

  read(data: string): ModelError | undefined {
    if (data === '[DONE]') {
      this.isDone = true
      return undefined
    }
    let answer: WireAnswer
    try {
      answer = JSON.parse(data)
    } catch (error) {
      return new ModelError('broken_stream', 'The model provider sent something that is not JSON', { cause: error })
    }
    if (answer === null || typeof answer !== 'object') return undefined
    if (answer.error !== undefined && answer.error !== null) {
      return refusalError({ ...this.#context, status: errorStatus(answer.error), body: data, retryAfter: undefined })
    }
    if (answer.usage) this.#usage = readUsage(answer.usage)
    const choice = answer.choices?.[0]
    if (choice === undefined) return undefined
    const message = choice.delta ?? choice.message
    if (message) this.#readMessage(message)
    if (typeof choice.finish_reason === 'string') this.#finishReason = choice.finish_reason
    return undefined
  }

  #readMessage(message: WireMessage): void {
    const { content } = message
    const reasoning = message.reasoning_content ?? message.reasoning
    if (typeof reasoning === 'string' && reasoning !== '') {
      if (message.reasoning_content !== undefined) this.#reasoning += reasoning
      this.#addDelta('reasoning-delta', reasoning)
    }
    if (typeof content === 'string') {
      if (content !== '') this.#addDelta('text-delta', content)
    } else if (Array.isArray(content)) {
      for (const part of content) {
        if (typeof part?.text === 'string') this.#addDelta('text-delta', part.text)
      }
    }
    for (const call of message.tool_calls ?? []) this.#readCall(call)
    if (message.function_call) this.#readCall({ index: 'function_call', function: message.function_call })
  }

  /** What came at once goes on as one piece. */
  #addDelta(type: 'text-delta' | 'reasoning-delta', text: string): void {
    const last = this.#events.at(-1)
    if (last?.type === type) this.#events[this.#events.length - 1] = { type, text: last.text + text }
    else this.#events.push({ type, text })
    if (type === 'text-delta') this.hasText = true
  }

  /** Pieces belong together by index; servers that give every call index 0, or none, tell them apart by id. */
  #readCall(piece: WireCall): void {
    const id = typeof piece.id === 'string' ? piece.id : ''
    const known =
      piece.index === undefined ? this.#calls.at(-1) : this.#calls.findLast((call) => call.index === piece.index)
    let call = known
    if (call === undefined || (id !== '' && call.id !== '' && id !== call.id)) {
      call = { index: piece.index, id, name: '', argumentText: '', extraContent: undefined }
      this.#calls.push(call)
    }
    if (call.id === '') call.id = id
    call.extraContent ??= piece.extra_content
    const { name, arguments: input } = piece.function ?? {}
    if (typeof name === 'string' && call.name === '') call.name = name
    if (typeof input === 'string') call.argumentText += input
    else if (typeof input === 'object' && input !== null) call.argumentText += JSON.stringify(input)
  }

  end(): readonly ModelEvent[] {
    if (this.#finishReason === undefined && !this.isDone) {
      throw new ModelError('broken_stream', "The model provider's answer stopped in the middle", {
        retry: { afterMs: undefined },
      })
    }
    const calls = this.#calls.map(
      (call, index): ModelEvent => ({ type: 'tool-call', call: this.#wholeCall(call, index) }),
    )
    const reason = calls.length > 0 ? 'tool-calls' : finishReason(this.#finishReason)
    return [...calls, { type: 'finish', reason, ...(this.#usage === undefined ? {} : { usage: this.#usage }) }]
  }

  #wholeCall(call: OpenCall, index: number): ToolCall {
    const providerData = {
      // Models that think between tool calls (DeepSeek's) refuse the next request without the thoughts of the last.
      ...(index === 0 && this.#reasoning !== '' ? { reasoning_content: this.#reasoning } : {}),
      // Gemini's signature, on its OpenAI-compatible endpoint.
      ...(call.extraContent === undefined ? {} : { extra_content: call.extraContent }),
    }
    return {
      id: call.id === '' ? `call_${randomUUID()}` : call.id,
      name: call.name,
      input: parseInput(call.argumentText),
      ...(Object.keys(providerData).length === 0 ? {} : { providerData }),
    }
  }
}

/** A tool call's arguments; `{}` when they are no JSON object. */
export function parseInput(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    // An object read from JSON has string keys only.
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {}
  } catch {
    return {}
  }
}

function finishReason(reason: string | undefined): 'stop' | 'length' | 'tool-calls' | 'other' {
  if (reason === undefined || reason === 'stop' || reason === 'eos') return 'stop'
  return reason === 'length' || reason === 'max_tokens' ? 'length' : 'other'
}

function readUsage(usage: NonNullable<WireAnswer['usage']>): Usage | undefined {
  const { prompt_tokens: inputTokens, completion_tokens: outputTokens } = usage
  if (typeof inputTokens !== 'number') return undefined
  return { inputTokens, outputTokens: typeof outputTokens === 'number' ? outputTokens : 0 }
}

/** The HTTP status that an error inside a stream stands for, where it says one. */
function errorStatus(error: unknown): number {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'number')
    return error.code
  return 500
}
