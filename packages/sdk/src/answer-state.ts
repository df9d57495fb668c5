import type { AnswerEvent, Citation, ToolCall } from './answer-event.ts'
import type { Message } from './schema.ts'

/** All that is known of an assistant message: what its events amount to. */
export interface AnswerState {
  readonly status: Message['status']
  readonly attempt: number
  readonly model: string | null
  readonly text: string
  readonly thinking: string
  readonly toolCalls: readonly ToolCall[]
  readonly citations: readonly Citation[]
  readonly usage: Message['usage']
  readonly details: Message['details']
  readonly error: Message['error']
  readonly completedAt: string | null
  /** While `queued`: how many answers start before this one, plus one. */
  readonly queuePosition: number | null
  /** Of the last event that is in it; 0 when it came from the stored message. */
  readonly number: number
}

/** The state that a stored message stands for: what reading it from its history gives. */
export function answerStateOf(message: Message): AnswerState {
  return {
    status: message.status,
    attempt: 0,
    model: message.model,
    text: message.content,
    thinking: '',
    toolCalls: [],
    citations: message.citations,
    usage: message.usage,
    details: message.details,
    error: message.error,
    completedAt: message.completed_at,
    queuePosition: message.queue_position,
    number: 0,
  }
}

/**
 * The state after one more event. Pure, and the same for history, live tail and resume: however a log is cut into
 * reads, and whatever of it is read twice, the same message comes out.
 */
export function reduceAnswer(state: AnswerState, event: AnswerEvent): AnswerState {
  if (event.type === 'queued') {
    return state.status === 'queued' ? { ...state, queuePosition: event.position } : state
  }
  // Read before: a resumed stream may overlap with what is already in.
  if (event.number <= state.number) return state
  const { number } = event
  switch (event.type) {
    case 'start':
      return { ...emptied(state, event.attempt), status: 'processing', model: event.model, number }
    case 'restart':
      return { ...emptied(state, event.attempt), number }
    case 'text':
      return { ...state, text: state.text + event.text, number }
    case 'thinking':
      return { ...state, thinking: state.thinking + event.text, number }
    case 'tool-call': {
      const call: ToolCall = { id: event.id, name: event.name, input: event.input, result: null }
      return { ...state, toolCalls: [...state.toolCalls, call], number }
    }
    case 'tool-result':
      return {
        ...state,
        toolCalls: state.toolCalls.map((call) => (call.id === event.id ? { ...call, result: event.result } : call)),
        number,
      }
    case 'citation':
      return { ...state, citations: [...state.citations, event.citation], number }
    case 'snapshot':
      return {
        ...emptied(state, event.attempt),
        status: 'processing',
        model: event.model ?? state.model,
        text: event.text,
        thinking: event.thinking ?? state.thinking,
        toolCalls: event.toolCalls ?? state.toolCalls,
        citations: event.citations,
        number,
      }
    case 'end':
      return {
        ...state,
        status: event.status,
        completedAt: event.completedAt,
        usage: event.usage,
        details: event.details,
        error: event.error,
        queuePosition: null,
        number,
      }
  }
}

function emptied(state: AnswerState, attempt: number): AnswerState {
  return { ...state, attempt, text: '', thinking: '', toolCalls: [], citations: [], queuePosition: null }
}
