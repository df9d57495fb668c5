import type { Message } from './schema.ts'

/** What a marker such as `[1]` of an answer rests on. */
export type Citation = Message['citations'][number]
/** What an answer cost its model, in tokens. */
export type Usage = NonNullable<Message['usage']>
type Ended = Extract<Message['status'], 'completed' | 'failed' | 'cancelled'>

/** What a tool gave the model. */
export interface ToolResult {
  readonly output: unknown
  readonly isError: boolean
  readonly error: string | null
}

/** A tool that the model called on its way to the answer. */
export interface ToolCall {
  readonly id: string
  readonly name: string
  readonly input: unknown
  /** Null while the tool runs. */
  readonly result: ToolResult | null
}

/** One event of an answer. `number` orders them within the chat; whoever holds it can go on reading after it. */
export type AnswerEvent =
  | { readonly type: 'start'; readonly number: number; readonly attempt: number; readonly model: string }
  | { readonly type: 'text'; readonly number: number; readonly text: string }
  | { readonly type: 'thinking'; readonly number: number; readonly text: string }
  | {
      readonly type: 'tool-call'
      readonly number: number
      readonly id: string
      readonly name: string
      readonly input: unknown
    }
  | { readonly type: 'tool-result'; readonly number: number; readonly id: string; readonly result: ToolResult }
  | { readonly type: 'citation'; readonly number: number; readonly citation: Citation }
  /** The answer is made again from its beginning; what was read of it so far is void. */
  | { readonly type: 'restart'; readonly number: number; readonly attempt: number }
  /** Stands for all events up to `number`, which the server no longer has one by one. */
  | {
      readonly type: 'snapshot'
      readonly number: number
      readonly attempt: number
      readonly model: string | null
      readonly text: string
      /** Null when it was not kept. */
      readonly thinking: string | null
      readonly toolCalls: readonly ToolCall[] | null
      readonly citations: readonly Citation[]
    }
  | {
      readonly type: 'end'
      readonly number: number
      readonly status: Ended
      readonly completedAt: string
      readonly usage: Message['usage']
      readonly details: Message['details']
      readonly error: Message['error']
    }
  /** How many answers will be started before this one, plus one. Has no number: it is no part of the answer. */
  | { readonly type: 'queued'; readonly position: number }

/** One frame of the server's stream, as the events it stands for; undefined: of a kind that this version does not know. */
export function toAnswerEvent(name: string, number: number, data: Wire): AnswerEvent | undefined {
  switch (name) {
    case 'message_queued':
      return { type: 'queued', position: data.position }
    case 'message_start':
      return { type: 'start', number, attempt: data.attempt, model: data.model }
    case 'message_chunk':
      return { type: 'text', number, text: data.content_chunk }
    case 'thinking':
      return { type: 'thinking', number, text: data.thinking }
    case 'tool_use':
      return { type: 'tool-call', number, id: data.tool_id, name: data.tool_name, input: data.input }
    case 'tool_result':
      return { type: 'tool-result', number, id: data.tool_id, result: toToolResult(data) }
    case 'citation':
      return { type: 'citation', number, citation: toCitation(data) }
    case 'message_restart':
      return { type: 'restart', number, attempt: data.attempt }
    case 'message_snapshot':
      return {
        type: 'snapshot',
        number,
        attempt: data.attempt,
        model: data.model,
        text: data.content,
        thinking: data.thinking,
        toolCalls: data.tool_calls?.map(toToolCall) ?? null,
        citations: data.citations,
      }
    case 'message_complete':
      return {
        type: 'end',
        number,
        status: data.status,
        completedAt: data.completed_at,
        usage: data.usage,
        details: data.details,
        error: data.error,
      }
    default:
      return undefined
  }
}

// The frames are the server's own, described at its stream's route: read, not checked again.
// biome-ignore lint/suspicious/noExplicitAny: JSON whose shape follows from the frame's name
export type Wire = any

function toToolResult(data: Wire): ToolResult {
  return { output: data.output, isError: data.is_error, error: data.error }
}

function toToolCall(data: Wire): ToolCall {
  const result = data.result === null ? null : toToolResult(data.result)
  return { id: data.tool_id, name: data.tool_name, input: data.input, result }
}

function toCitation({ message_id: _, ...citation }: Wire): Citation {
  return citation
}
