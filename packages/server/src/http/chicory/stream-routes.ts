import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { requireChat } from '../../chats/chat-store.ts'
import { findMessage, findNewestReply } from '../../chats/message-store.ts'
import type { AnswerId, ChatId, MessageId, ProjectId } from '../../ids.ts'
import type { Services } from '../services.ts'
import { lastEventNumber } from '../sse.ts'
import type { Server } from '../validation.ts'
import { chatRefOf, messageIdOf, messageNotFound } from './path-ids.ts'
import { presentEvents } from './present-stream.ts'
import { chatParams, refusals } from './schemas.ts'

type StreamServices = Pick<Services, 'db' | 'log' | 'streams'>

interface ReplyRef {
  readonly projectId: ProjectId
  readonly chatId: ChatId
  readonly messageId: MessageId
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
        description:
          'The newest answer of the chat, or that of `message_id`, as server-sent events: from its start, or after `Last-Event-ID`; live until it ends. Reading never starts work.',
        params: chatParams,
        querystring: z.object({ message_id: z.string().optional() }),
        response: { 200: z.string().meta({ description: 'text/event-stream' }), ...refusals },
      },
    },
    async (request, reply) => {
      const ref = chatRefOf(request.params)
      await requireChat(db.query, request.principal, ref, 'read')
      const { message_id } = request.query
      const message =
        message_id === undefined
          ? await findNewestReply(db.query, ref)
          : await findMessage(db.query, ref, messageIdOf({ message_id }))
      if (message === undefined || message.answerId === null) throw messageNotFound()
      await sendAnswerStream(
        services,
        request,
        reply,
        { ...ref, messageId: message.id, answerId: message.answerId },
        {},
      )
      return reply
    },
  )
}

export async function sendAnswerStream(
  { log, streams }: StreamServices,
  request: FastifyRequest,
  reply: FastifyReply,
  message: ReplyRef,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const after = lastEventNumber(request)
  const frames = async function* (signal: AbortSignal) {
    yield 'retry: 1000\n\n'
    for await (const events of log.read(message, after, signal)) yield presentEvents(message, events)
  }
  await streams.send(request, reply, frames, { headers, heartbeat: ': keep-alive\n\n' })
}
