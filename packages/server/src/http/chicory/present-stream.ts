import type { AnswerEvent, NumberedEvent } from '../../answers/answer-event.ts'
import type { ChatId, MessageId } from '../../ids.ts'

interface ReplyRef {
  readonly chatId: ChatId
  readonly messageId: MessageId
}

/** Server-sent events of Chicory's stream: named, one JSON line each, the log's number as `id:`. */
export function presentEvents(message: ReplyRef, events: readonly NumberedEvent[]): string {
  let frames = ''
  for (const { number, event } of events) {
    const [name, data] = presentEvent(message, event)
    frames += `id: ${number}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`
  }
  return frames
}

function presentEvent({ messageId: id, chatId: chat_id }: ReplyRef, event: AnswerEvent): [name: string, data: object] {
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
      return ['citation', { message_id: id, ...event.citation }]
    case 'answer-restart':
      return ['message_restart', { id, attempt: event.attempt }]
    case 'answer-end':
      return [
        'message_complete',
        { id, status: event.status, completed_at: event.completedAt, usage: event.usage, error: event.error },
      ]
  }
}
