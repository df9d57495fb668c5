import type { ModelEvent, ModelMessage, ModelRequest } from '../../models/language-model.ts'
import type { FoundPassage, SearchDetails } from '../../retrieval/passage.ts'
import type {
  Trace,
  TracedCondensation,
  TracedMessage,
  TracedModelCall,
  TracedPassage,
  TracedSearch,
  TracedTool,
} from './trace.ts'

/** Calls and searches beyond these are not kept: no generator of ours comes near. */
const maxEntries = 100

/** Notes down how one attempt at an answer is made. Costs a few pushes a call; nothing is copied until the end. */
export class TraceRecorder {
  readonly #startedAt = performance.now()
  readonly #searches: TracedSearch[] = []
  readonly #calls: TracedModelCall[] = []
  readonly #tools: TracedTool[] = []
  /** In order of first use: later calls send the very same objects again. */
  readonly #messages = new Map<ModelMessage, number>()
  readonly #passages = new Map<FoundPassage, TracedPassage>()
  #condensed: TracedCondensation | null = null

  condensed(query: string, by: TracedCondensation['by']): void {
    this.#condensed = { query, by }
  }

  /** Runs a search, and keeps what it found or why it failed. */
  async search<R>(query: string, run: () => Promise<R>, describe: (result: R) => SearchDescription): Promise<R> {
    const started = this.#elapsed()
    const push = (found: SearchDescription, error: string | null) => {
      const passages = found.passages.map((passage) => this.#describePassage(passage))
      const duration = this.#elapsed() - started
      const { details } = found
      if (this.#searches.length < maxEntries)
        this.#searches.push({ query, started_ms: started, duration_ms: duration, details, error, passages })
    }
    try {
      const result = await run()
      push(describe(result), null)
      return result
    } catch (error) {
      push({ passages: [], details: {} }, messageOf(error))
      throw error
    }
  }

  /** The number under which a passage was shown to the model. */
  number(passage: FoundPassage, number: number): void {
    const traced = this.#passages.get(passage)
    if (traced !== undefined) traced.number = number
  }

  /** A call of a model begins. Told of each event and of the end, since a generator in between would cost every token. */
  startModelCall(
    call: Pick<TracedModelCall, 'purpose' | 'model'>,
    request: Pick<ModelRequest, 'messages' | 'tools'>,
  ): { seen(event: ModelEvent): void; ended(error?: unknown): void } {
    const started = this.#elapsed()
    let first: number | null = null
    let finish: Extract<ModelEvent, { type: 'finish' }> | undefined
    let isEnded = false
    return {
      seen: (event) => {
        first ??= this.#elapsed() - started
        if (event.type === 'finish') finish = event
      },
      ended: (error) => {
        if (isEnded || this.#calls.length >= maxEntries) return
        isEnded = true
        const usage = finish?.usage
        this.#calls.push({
          ...call,
          messages: request.messages.map((message) => this.#placeOf(message)),
          tools: (request.tools ?? []).map(({ name }) => name),
          started_ms: started,
          first_token_ms: first,
          duration_ms: this.#elapsed() - started,
          usage: usage === undefined ? null : { input_tokens: usage.inputTokens, output_tokens: usage.outputTokens },
          stop_reason: finish?.reason ?? null,
          error: error === undefined ? null : messageOf(error),
        })
      },
    }
  }

  /** Runs a tool and keeps how long it took. */
  async tool<R extends { readonly error?: string | null }>(
    name: string,
    input: unknown,
    run: () => Promise<R>,
  ): Promise<R> {
    const started = this.#elapsed()
    const push = (error: string | null) => {
      const duration = this.#elapsed() - started
      if (this.#tools.length < maxEntries)
        this.#tools.push({ name, input, started_ms: started, duration_ms: duration, error })
    }
    try {
      const result = await run()
      push(result.error ?? null)
      return result
    } catch (error) {
      push(messageOf(error))
      throw error
    }
  }

  read(): Trace {
    return {
      searches: this.#searches,
      condensed: this.#condensed,
      messages: [...this.#messages.keys()].map(describeMessage),
      model_calls: this.#calls,
      tools: this.#tools,
      note: null,
    }
  }

  #placeOf(message: ModelMessage): number {
    const place = this.#messages.get(message) ?? this.#messages.size
    this.#messages.set(message, place)
    return place
  }

  #describePassage(passage: FoundPassage): TracedPassage {
    const traced: TracedPassage = {
      number: null,
      project_id: passage.projectId,
      data_source_id: passage.sourceId,
      document_id: passage.documentId,
      document_name: passage.documentName,
      passage: passage.number,
      page: passage.page,
      heading_path: passage.headingPath,
      start: passage.start,
      end: passage.end,
      score: passage.score,
      scores: { ...passage.scores },
    }
    this.#passages.set(passage, traced)
    return traced
  }

  #elapsed(): number {
    return Math.round(10 * (performance.now() - this.#startedAt)) / 10
  }
}

export interface SearchDescription {
  readonly passages: readonly FoundPassage[]
  readonly details: Partial<SearchDetails>
}

function describeMessage(message: ModelMessage): TracedMessage {
  const calls = message.role === 'assistant' ? message.toolCalls : undefined
  return {
    role: message.role,
    content: message.content,
    tool_calls: calls === undefined ? null : JSON.stringify(calls.map(({ name, input }) => ({ name, input }))),
  }
}

/** A provider's words have no secret in them: see models/provider-error.ts. */
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
