import type { NumberedEvent } from '../../answers/answer-event.ts'
import type { Message } from '../../chats/chat.ts'
import type { Asked } from './ask-question.ts'
import { presentFailure, presentRecord, presentTime } from './present.ts'
import { asciiString, pythonJson } from './python-json.ts'

type Batches = AsyncIterator<readonly NumberedEvent[], void>

/** What a log said up to its first text or its end. */
export interface Beginning {
  readonly events: readonly NumberedEvent[]
  readonly hasText: boolean
}

/** Reads until there is something to show: before that, a failure can still be a real status. */
export async function readBeginning(batches: Batches): Promise<Beginning> {
  const events: NumberedEvent[] = []
  for (;;) {
    const next = await batches.next()
    if (next.done === true) return { events, hasText: false }
    events.push(...next.value)
    if (next.value.some(({ event }) => event.type === 'text-delta')) return { events, hasText: true }
  }
}

/**
 * Quivr's frames: `data: ` and the whole record with this delta as `assistant`, one frame a yield. What repeats in every
 * record is written once. The last record carries everything about the answer and adds no text, unless it failed.
 */
export async function* presentAnswerStream(
  asked: Asked,
  beginning: Promise<Beginning>,
  batches: Batches,
  findReply: () => Promise<Message | undefined>,
): AsyncGenerator<string, void> {
  const [head, tail] = recordAround(asked)
  let events = (await beginning).events
  let hasText = false
  for (;;) {
    for (const { event } of events) {
      if (event.type === 'text-delta') {
        hasText = true
        yield head + asciiString(event.text) + tail
      } else if (event.type === 'answer-restart' && hasText) {
        // Clients can only append: what comes next is not the rest of what they show. The history has the answer.
        return
      } else if (event.type === 'answer-end') {
        yield lastRecord(asked, await findReply())
        return
      }
    }
    const next = await batches.next()
    if (next.done === true) return
    events = next.value
  }
}

function recordAround({ question, replyId, labels }: Asked): [head: string, tail: string] {
  const before = { chat_id: question.chatId, message_id: replyId, user_message: question.content }
  const after = {
    message_time: presentTime(question.createdAt),
    prompt_title: labels.prompt_title,
    brain_name: labels.brain_name,
    brain_id: labels.brain_id,
    metadata: null,
    thumbs: null,
  }
  return [`data: ${pythonJson(before).slice(0, -1)}, "assistant": `, `, ${pythonJson(after).slice(1)}\n\n`]
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
