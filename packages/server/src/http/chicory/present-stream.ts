import type { AnswerEvent, AnswerSnapshot, ReadEvent } from '../../answers/log/answer-event.ts'
import type { ChatId, MessageId } from '../../ids.ts'
import { presentCited } from '../cited-content.ts'
import type { CloseReason } from '../sse.ts'
import { toStreamNumber } from './stream-numbers.ts'

interface ReplyRef {
  readonly chatId: ChatId
  readonly messageId: MessageId
  /** The reply's in its chat. */
  readonly position: number
}

type Frame = [name: string, data: object]

/** An event's frame is the same for every reader: a thousand of them share one. */
const framesOf = new WeakMap<ReadEvent, string>()

/** Written at once at most, unless one frame alone is longer: what a reader that is behind holds of the server's memory. */
const maxPartLength = 64 * 1024

interface FramesPart {
  readonly frames: string
  /** The last event that is in it. */
  readonly last: ReadEvent
}

/**
 * Server-sent events of Chicory's stream: named, one JSON line each, numbered through the chat by `id:`. A reader
 * that holds nothing yet is shown a snapshot as the events it stands for.
 */
export function* presentEvents(
  message: ReplyRef,
  events: readonly ReadEvent[],
  { isFirst }: { isFirst: boolean },
): Generator<FramesPart, void> {
  let frames = ''
  for (const [index, read] of events.entries()) {
    frames += presentRead(message, read, isFirst)
    if (frames.length < maxPartLength && index < events.length - 1) continue
    yield { frames, last: read }
    frames = ''
  }
}

function presentRead(message: ReplyRef, read: ReadEvent, isFirst: boolean): string {
  const { event } = read
  const number = toStreamNumber(message.position, read.number)
  if (event.type === 'answer-snapshot')
    return isFirst
      ? presentAsEvents(message, number, event)
      : writeFrame(presentSnapshot(message, number, event), number)
  const known = framesOf.get(read)
  if (known !== undefined) return known
  const frame = writeFrame(presentEvent(message, event), number)
  framesOf.set(read, frame)
  return frame
}

/** Without `id:` the frame leaves the reader's last number as it was. */
function writeFrame([name, data]: Frame, number?: number): string {
  return `${number === undefined ? '' : `id: ${number}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
}

/** The last frame of a stream that ends before its answer does; the answer goes on. */
export function presentClosing(
  { messageId: id, chatId: chat_id, position }: ReplyRef,
  reason: CloseReason,
  lastNumber: number,
): string {
  // A restarted server's readers do not all come back at once.
  const retryMs = reason === 'shutdown' ? 500 + Math.floor(Math.random() * 1_500) : 5_000
  const data = { id, chat_id, reason, resume_after: toStreamNumber(position, lastNumber) }
  return `event: stream_closed\nretry: ${retryMs}\ndata: ${JSON.stringify(data)}\n\n`
}

/** No event of the answer: without a number, so that resuming knows nothing of it. */
export function presentQueued({ messageId: id, chatId: chat_id }: ReplyRef, position: number): string {
  return writeFrame(['message_queued', { id, chat_id, position }])
}

function presentEvent({ messageId: id, chatId: chat_id }: ReplyRef, event: AnswerEvent): Frame {
  switch (event.type) {
    case 'answer-start':
      return ['message_start', { id, chat_id, role: 'assistant', model: event.model, attempt: event.attempt }]
    case 'text-delta':
      return ['message_chunk', { id, content_chunk: event.text }]
    case 'reasoning-delta':
      return ['thinking', { type: 'thinking', thinking: event.text, message_id: id }]
    case 'tool-call':
      return ['tool_use', { tool_name: event.name, tool_id: event.id, input: event.input, message_id: id }]
    case 'tool-result':
      return [
        'tool_result',
        { tool_id: event.id, output: event.output, is_error: event.error !== null, error: event.error, message_id: id },
      ]
    case 'citation':
      return ['citation', { message_id: id, ...presentCited(event.citation) }]
    case 'answer-restart':
      return ['message_restart', { id, attempt: event.attempt }]
    case 'answer-end':
      return [
        'message_complete',
        {
          id,
          status: event.status,
          completed_at: event.completedAt,
          usage: event.usage,
          details: event.details ?? null,
          error: event.error,
        },
      ]
  }
}

function presentSnapshot({ messageId: id, chatId: chat_id }: ReplyRef, covers: number, state: AnswerSnapshot): Frame {
  const data = {
    id,
    chat_id,
    covers,
    attempt: state.attempt,
    model: state.model,
    content: state.text,
    thinking: state.reasoning,
    tool_calls:
      state.toolCalls?.map(({ id: tool_id, name: tool_name, input, result }) => ({
        tool_id,
        tool_name,
        input,
        result: result && { output: result.output, is_error: result.error !== null, error: result.error },
      })) ?? null,
    citations: state.citations.map(presentCited),
  }
  return ['message_snapshot', data]
}

/** Only the last frame is numbered: who is cut off before it begins again. */
function presentAsEvents(
  message: ReplyRef,
  number: number,
  { attempt, model, text, citations }: AnswerSnapshot,
): string {
  const events: AnswerEvent[] = [
    { type: 'answer-start', attempt, model: model ?? '' },
    { type: 'text-delta', text },
    ...citations.map((citation) => ({ type: 'citation' as const, citation })),
  ]
  const last = events.length - 1
  return events
    .map((event, index) => writeFrame(presentEvent(message, event), index === last ? number : undefined))
    .join('')
}
