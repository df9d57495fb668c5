import type { Citation } from '../citations/citation.ts'

/** What a generator yields. The runner adds `answer-start`, `answer-restart` and `answer-end`. */
export type GeneratedEvent =
  | { readonly type: 'text-delta'; readonly text: string }
  | { readonly type: 'reasoning-delta'; readonly text: string }
  | { readonly type: 'tool-call'; readonly id: string; readonly name: string; readonly input: unknown }
  | {
      readonly type: 'tool-result'
      readonly id: string
      readonly name: string
      readonly output: unknown
      readonly error: string | null
    }
  | { readonly type: 'citation'; readonly citation: Citation }
  /** Tokens of one model call; the runner adds them up. */
  | { readonly type: 'usage'; readonly inputTokens: number; readonly outputTokens: number }
  /** What came of the markers so far; the runner keeps the last. */
  | { readonly type: 'citation-counts'; readonly counts: CitationCounts }

/** Of an answer's markers, each number by itself. An answer whose markers all failed has found and repaired none. */
export interface CitationCounts {
  /** Rest on what they say they do. */
  readonly found: number
  /** Quoted something inexactly; their citations show what really stands there. */
  readonly repaired: number
  /** Rested on nothing and are not shown. */
  readonly dropped: number
}

/** What is worth knowing of how an answer was made; null while it is, and for attempts that died. */
export interface AnswerDetails {
  readonly citations: CitationCounts
}

export interface AnswerUsage {
  readonly input_tokens: number
  readonly output_tokens: number
}

export interface AnswerFailure {
  readonly code: string
  readonly message: string
}

export type EndStatus = 'completed' | 'failed' | 'cancelled'

/** What the log holds: numbered after deltas are joined, persisted, then published. */
export type AnswerEvent =
  | { readonly type: 'answer-start'; readonly attempt: number; readonly model: string }
  | { readonly type: 'answer-restart'; readonly attempt: number }
  | Exclude<GeneratedEvent, { type: 'usage' | 'citation-counts' }>
  | {
      readonly type: 'answer-end'
      readonly status: EndStatus
      readonly completedAt: string
      readonly usage: AnswerUsage | null
      readonly details: AnswerDetails | null
      readonly error: AnswerFailure | null
    }

export interface NumberedEvent {
  /** 1, 2, 3 … within the answer, over all its attempts. */
  readonly number: number
  readonly event: AnswerEvent
}

export interface SnapshotToolCall {
  readonly id: string
  readonly name: string
  readonly input: unknown
  /** Null until the tool has answered. */
  readonly result: { readonly output: unknown; readonly error: string | null } | null
}

/**
 * All that the events up to its number amount to, for a reader whose own number the log does not have. Never stored.
 * Reasoning and tool calls are null once the log is gone: the message does not keep them.
 */
export interface AnswerSnapshot {
  readonly type: 'answer-snapshot'
  readonly attempt: number
  readonly model: string | null
  readonly text: string
  readonly reasoning: string | null
  readonly toolCalls: readonly SnapshotToolCall[] | null
  readonly citations: readonly Citation[]
}

/** What readers get: the log, or a snapshot in place of its beginning. */
export interface ReadEvent {
  readonly number: number
  readonly event: AnswerEvent | AnswerSnapshot
}
