import type { ReadEvent } from '../../answers/log/answer-event.ts'
import type { Message } from '../../chats/chat.ts'
import type { CloseReason } from '../sse.ts'
import type { Asked } from './ask-question.ts'
import { presentFailure, presentRecord, presentTime } from './present.ts'
import { asciiString, pythonJson } from './python-json.ts'

type Batches = AsyncIterator<readonly ReadEvent[], void>

/** What a log said up to its first text or its end. */
export interface Beginning {
  readonly events: readonly ReadEvent[]
  readonly hasText: boolean
}

/** Reads until there is something to show: before that, a failure can still be a real status. */
export async function readBeginning(batches: Batches): Promise<Beginning> {
  const events: ReadEvent[] = []
  for (;;) {
    const next = await batches.next()
    if (next.done === true) return { events, hasText: false }
    events.push(...next.value)
    if (next.value.some(({ event }) => textOf(event) !== '')) return { events, hasText: true }
  }
}

/**
 * Quivr's frames: `data: ` and the whole record with this delta as `assistant`, one frame a yield. What repeats in every
 * record is written once. The last record carries everything about the answer and adds no text, unless it failed. Returns whether a last record was sent.
 */
export async function* presentAnswerStream(
  asked: Asked,
  beginning: Promise<Beginning>,
  batches: Batches,
  findReply: () => Promise<Message | undefined>,
): AsyncGenerator<string, boolean> {
  const [head, tail] = recordAround(asked)
  let events = (await beginning).events
  let hasText = false
  for (;;) {
    for (const { event } of events) {
      if (hasText && (event.type === 'answer-restart' || event.type === 'answer-snapshot')) {
        // Clients can only append: what comes next is not the rest of what they show. The history has the answer.
        yield presentClosing(asked, 'restarted')
        return true
      }
      if (textOf(event) !== '') {
        hasText = true
        yield head + asciiString(textOf(event)) + tail
      } else if (event.type === 'answer-end') {
        yield lastRecord(asked, await findReply())
        return true
      }
    }
    const next = await batches.next()
    if (next.done === true) return false
    events = next.value
  }
}

function textOf(event: ReadEvent['event']): string {
  return event.type === 'text-delta' || event.type === 'answer-snapshot' ? event.text : ''
}

const closings: Readonly<Record<CloseReason | 'restarted', string>> = {
  shutdown: 'The server is being restarted; the answer goes on and will be in the history.',
  storage_unavailable: 'The server cannot reach its storage; the answer will be in the history once it can.',
  access_withdrawn: 'The access to this chat was withdrawn.',
  internal_error: 'The server could not show the rest; the answer will be in the history.',
  restarted: 'The answer was interrupted and is being made again; it will be in the history.',
}

/** The last record of a stream that ends before its answer does: people read why, programs find it in `metadata`. */
export function presentClosing(asked: Asked, reason: CloseReason | 'restarted'): string {
  const message = closings[reason]
  const [head] = recordAround(asked)
  const metadata = { sources: [], stream_closed: { reason, message } }
  return `${head}${asciiString(`\n\n(${message})`)}, ${pythonJson({ ...recordEnd(asked), metadata }).slice(1)}\n\n`
}

function recordAround(asked: Asked): [head: string, tail: string] {
  const { question, replyId } = asked
  const before = { chat_id: question.chatId, message_id: replyId, user_message: question.content }
  return [`data: ${pythonJson(before).slice(0, -1)}, "assistant": `, `, ${pythonJson(recordEnd(asked)).slice(1)}\n\n`]
}

function recordEnd({ question, labels }: Asked) {
  return {
    message_time: presentTime(question.createdAt),
    prompt_title: labels.prompt_title,
    brain_name: labels.brain_name,
    brain_id: labels.brain_id,
    metadata: null,
    thumbs: null,
  }
}

function lastRecord(asked: Asked, reply: Message | undefined): string {
  if (reply === undefined) {
    const [head, tail] = recordAround(asked)
    return `${head}""${tail}`
  }
  const record = presentRecord(asked.question.content, reply)
  const assistant = reply.status === 'failed' ? presentFailure(reply) : ''
  return `data: ${pythonJson({ ...record, assistant })}\n\n`
}
