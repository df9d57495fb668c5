import type { SearchDetails } from '../../retrieval/passage.ts'
import type { AnswerUsage } from '../log/answer-event.ts'

/** How an answer was made, as it is stored and sent: everything of its last attempt. Times are milliseconds since its start. */
export interface Trace {
  readonly searches: readonly TracedSearch[]
  /** The question as it was made to stand alone, when it was not searched as asked. */
  readonly condensed: TracedCondensation | null
  /** Each message that any call sent, once, in the order of their first use. */
  readonly messages: readonly TracedMessage[]
  readonly model_calls: readonly TracedModelCall[]
  readonly tools: readonly TracedTool[]
  /** What was left out because a trace has a limit; null when nothing was. */
  readonly note: string | null
}

export interface TracedCondensation {
  readonly query: string
  /** By a model, or by carrying over words of earlier turns. */
  readonly by: 'model' | 'terms'
}

export interface TracedSearch {
  readonly query: string
  readonly started_ms: number
  readonly duration_ms: number
  /** Which indexes answered; nothing of a search that failed. */
  readonly details: Partial<SearchDetails>
  readonly error: string | null
  readonly passages: readonly TracedPassage[]
}

export interface TracedPassage {
  /** As the model was shown it; null when it did not fit, or no model was asked. */
  number: number | null
  readonly project_id: string
  readonly data_source_id: string
  readonly document_id: string
  readonly document_name: string
  readonly passage: number
  readonly page: number | null
  readonly heading_path: readonly string[]
  readonly start: number
  readonly end: number
  readonly score: number
  /** What each part of the search made of it. */
  readonly scores: Readonly<Record<string, number | null>>
}

export interface TracedMessage {
  readonly role: string
  readonly content: string
  /** Of an assistant that called tools, as JSON. */
  readonly tool_calls: string | null
}

export interface TracedModelCall {
  readonly purpose: 'answer' | 'condense'
  readonly model: string
  /** Of `messages`, by place. */
  readonly messages: readonly number[]
  /** Names of what was offered. */
  readonly tools: readonly string[]
  readonly started_ms: number
  readonly first_token_ms: number | null
  readonly duration_ms: number
  readonly usage: AnswerUsage | null
  readonly stop_reason: string | null
  readonly error: string | null
}

export interface TracedTool {
  readonly name: string
  readonly input: unknown
  readonly started_ms: number
  readonly duration_ms: number
  readonly error: string | null
}
