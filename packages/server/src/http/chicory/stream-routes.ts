import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { announcePosition } from '../../answers/log/announce-position.ts'
import type { ChatRef, Message } from '../../chats/chat.ts'
import { requireChat } from '../../chats/chat-store.ts'
import { findMessage, findNewestReply, findReplyAt } from '../../chats/message-store.ts'
import type { AnswerId, ChatId, MessageId, ProjectId } from '../../ids.ts'
import { queryInteger } from '../fields.ts'
import { lastEventNumber } from '../last-event-number.ts'
import type { Services } from '../services.ts'
import { checkAccess } from '../stream-access.ts'
import type { Server } from '../validation.ts'
import { chatRefOf, messageIdOf, messageNotFound } from './path-ids.ts'
import { presentClosing, presentEvents, presentQueued } from './present-stream.ts'
import { chatParams, nothing, refusals } from './schemas.ts'
import { replyPositionOf, toLogNumber } from './stream-numbers.ts'

type StreamServices = Pick<Services, 'authenticator' | 'config' | 'installation' | 'db' | 'log' | 'queue' | 'streams'>

const streamQuery = z.object({
  message_id: z.string().optional().meta({ description: 'The answer to read; the newest of the chat unless given' }),
  after: queryInteger({ min: 0, max: Number.MAX_SAFE_INTEGER })
    .optional()
    .meta({ description: 'As Last-Event-ID, for clients that cannot send it; the header wins' }),
})

const description = `The newest answer of the chat, or that of \`message_id\`, as server-sent events: from its start, or after \`Last-Event-ID\`; live until it ends. Reading never starts work, and leaving never stops it.

Every event has its number as \`id\`; numbers go on over the answers of a chat, a million apart, from 1 in the first. A reader that comes back with the last number it saw gets exactly the rest of that answer; one that has seen its end gets the chat's newest answer, or 204 when that was it, which also ends a browser's own reconnecting.

A number that the log does not have gets \`message_snapshot\`: \`content\`, \`thinking\`, \`tool_calls\` and \`citations\` are all that the events up to number \`covers\` amount to, and replace what the reader holds; events after \`covers\` follow. Logs are kept for a day after the end; then \`thinking\` and \`tool_calls\` are null.

The last event is \`message_complete\`, or, when the stream ends before its answer does, \`stream_closed\`, whose \`reason\` is \`shutdown\`, \`storage_unavailable\`, \`access_withdrawn\` or \`internal_error\`: come back after number \`resume_after\`. \`message_queued\`, which has no number, tells a reader that waits for the start its \`position\` in the queue, and again when that changes. \`message_restart\` says that the answer is made again from its beginning.`

interface ReplyRef {
  readonly projectId: ProjectId
  readonly chatId: ChatId
  readonly messageId: MessageId
  /** The reply's in its chat. */
  readonly position: number
  readonly answerId: AnswerId
}

export function registerStreamRoutes(server: Server, services: StreamServices): void {
  const { db } = services
  server.get(
    '/projects/:project_id/chats/:chat_id/stream',
    {
      schema: {
        tags: ['chats'],
        summary: 'Stream Chat',
        description,
        params: chatParams,
        querystring: streamQuery,
        response: { 200: z.string().meta({ description: 'text/event-stream' }), 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      const ref = chatRefOf(request.params)
      await requireChat(db.query, request.principal, ref, 'read')
      const { message_id } = request.query
      const after = lastEventNumber(request, request.query.after)
      if (message_id !== undefined) {
        const named = toReply(ref, await findMessage(db.query, ref, messageIdOf({ message_id })))
        return await sendAnswerStream(services, request, reply, { reference: named, after, headers: {} })
      }
      const begun = after === 0 ? undefined : await findReplyAt(db.query, ref, replyPositionOf(after))
      if (begun !== undefined) {
        const reference = toReply(ref, begun)
        if (!(await services.log.isReadToEnd(reference, toLogNumber(reference.position, after))))
          return await sendAnswerStream(services, request, reply, { reference, after, headers: {} })
      }
      const newest = toReply(ref, await findNewestReply(db.query, ref))
      const from = begun === undefined || begun.id === newest.messageId ? after : 0
      return await sendAnswerStream(services, request, reply, { reference: newest, after: from, headers: {} })
    },
  )
}

function toReply(ref: ChatRef, message: Message | undefined): ReplyRef {
  if (message === undefined || message.answerId === null) throw messageNotFound()
  return { ...ref, messageId: message.id, position: message.position, answerId: message.answerId }
}

export async function sendAnswerStream(
  services: StreamServices,
  request: FastifyRequest,
  reply: FastifyReply,
  {
    reference,
    after: streamNumber,
    headers,
  }: { reference: ReplyRef; after: number; headers: Readonly<Record<string, string>> },
): Promise<FastifyReply> {
  const { log, queue, streams } = services
  const after = toLogNumber(reference.position, streamNumber)
  if (after > 0 && (await log.isReadToEnd(reference, after))) return reply.code(204).send()
  let position = after
  let isEnded = false
  const frames = async function* (signal: AbortSignal) {
    yield 'retry: 1000\n\n'
    const findPosition = () => queue.find(reference.answerId)
    for await (const events of announcePosition(log.read(reference, after, signal), findPosition)) {
      if ('queuePosition' in events) {
        yield presentQueued(reference, events.queuePosition)
        continue
      }
      for (const { frames, last } of presentEvents(reference, events, { isFirst: after === 0 })) {
        yield frames
        // Reached once the frames above are written.
        position = last.number
        isEnded = last.event.type === 'answer-end'
      }
    }
  }
  await streams.send(request, reply, frames, {
    headers,
    heartbeat: ': keep-alive\n\n',
    closing: (reason) => (isEnded ? '' : presentClosing(reference, reason, position)),
    mayRead: checkAccess(services, request, reference),
  })
  return reply
}
