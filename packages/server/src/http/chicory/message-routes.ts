import { z } from 'zod'
import { requireScope } from '../../accounts/authorize.ts'
import { isFinished } from '../../answers/answer.ts'
import { listAttempts } from '../../answers/answer-store.ts'
import { cancelAnswer } from '../../chats/cancel-answer.ts'
import type { ChatRef, Message } from '../../chats/chat.ts'
import { deleteMessage } from '../../chats/delete-chat.ts'
import { findMessage, rateMessage } from '../../chats/message-store.ts'
import { regenerateReply, sendMessage, takeQuestionIds } from '../../chats/send-message.ts'
import type { AnswerId, MessageId } from '../../ids.ts'
import { lastEventNumber } from '../last-event-number.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { chatRefOf, messageNotFound } from './path-ids.ts'
import { presentMessage, presentMessageInQueue } from './present.ts'
import { requireMessage } from './require-message.ts'
import {
  attempt,
  chatParams,
  confirmation,
  message,
  messageParams,
  messageRating,
  newMessage,
  refusals,
  regeneration,
} from './schemas.ts'
import { sendAnswerStream } from './stream-routes.ts'

const tags = ['messages']

export function registerMessageRoutes(server: Server, services: Services): void {
  const { db } = services
  const present = (message: Message) => presentMessageInQueue(services, message)

  server.post(
    '/projects/:project_id/chats/:chat_id/messages',
    {
      config: { runsAgain: true },
      schema: {
        tags,
        summary: 'Create Message',
        description:
          'Stores the question and begins its answer. With `Accept: text/event-stream` the answer is streamed as `…/stream` does.',
        params: chatParams,
        body: newMessage,
        response: { 200: z.string().meta({ description: 'text/event-stream' }), 201: message, ...refusals },
      },
    },
    async (request, reply) => {
      requireScope(request.principal, 'chat')
      const ref: ChatRef = chatRefOf(request.params)
      const { content, metadata, model, temperature, max_tokens: maxTokens } = request.body
      const { parent_id: parentId, sibling_of: siblingOf } = request.body
      const sent = await sendMessage(services, request.principal, {
        ...ref,
        ids: takeQuestionIds(request.ids),
        content,
        metadata: metadata ?? {},
        parentId: parentId ?? undefined,
        siblingOf: siblingOf ?? undefined,
        model: model ?? null,
        parameters: {
          searchProjectId: ref.projectId,
          instructions: null,
          temperature: temperature ?? null,
          maxTokens: maxTokens ?? null,
        },
      })
      // From now on a repetition attaches to this answer.
      void request.keyed?.finish()
      if (!acceptsStream(request.headers.accept))
        return reply.code(201).send(presentMessage(services.config.modelPrices, sent.question, null))
      const position = sent.question.position + 1
      const reference = { ...ref, messageId: sent.replyId, position, answerId: sent.answerId }
      return await sendAnswerStream(services, request, reply, {
        reference,
        after: lastEventNumber(request, undefined),
        headers: { 'x-user-message-id': sent.question.id, 'x-assistant-message-id': sent.replyId },
      })
    },
  )
  server.get(
    '/projects/:project_id/chats/:chat_id/messages/:message_id',
    { schema: { tags, summary: 'Get Message', params: messageParams, response: { 200: message, ...refusals } } },
    async (request) => present((await requireMessage(db.query, request.principal, request.params, 'read')).found),
  )
  server.delete(
    '/projects/:project_id/chats/:chat_id/messages/:message_id',
    {
      schema: { tags, summary: 'Delete Message', params: messageParams, response: { 200: confirmation, ...refusals } },
    },
    async (request) => {
      requireScope(request.principal, 'chat')
      const { ref, found } = await requireMessage(db.query, request.principal, request.params, 'write')
      await deleteMessage(services, ref, found)
      return { message: 'Message deleted successfully' }
    },
  )
  server.put(
    '/projects/:project_id/chats/:chat_id/messages/:message_id/rating',
    {
      schema: {
        tags,
        summary: 'Rate Message',
        params: messageParams,
        body: messageRating,
        response: { 200: message, ...refusals },
      },
    },
    async (request) => {
      requireScope(request.principal, 'chat')
      const { ref, found } = await requireMessage(db.query, request.principal, request.params, 'write')
      const { rating } = request.body
      return present(await rateMessage(db.query, ref, found.id, rating === null ? null : rating === 'up' ? 1 : 0))
    },
  )
  server.get(
    '/projects/:project_id/chats/:chat_id/messages/:message_id/attempts',
    {
      schema: {
        tags,
        summary: 'List Attempts',
        description: 'Text of attempts at this answer that were cut off, which some reader may have been shown.',
        params: messageParams,
        response: { 200: z.object({ attempts: z.array(attempt) }), ...refusals },
      },
    },
    async (request) => {
      const { ref, found } = await requireMessage(db.query, request.principal, request.params, 'read')
      if (found.answerId === null) return { attempts: [] }
      return { attempts: await listAttempts(db.query, { ...ref, answerId: found.answerId }) }
    },
  )
  server.post(
    '/projects/:project_id/chats/:chat_id/messages/:message_id/cancel',
    {
      config: { runsAgain: true },
      schema: {
        tags,
        summary: 'Cancel Message',
        description:
          'Stops the answer, wherever it runs, and keeps its partial text. 200 says what it has come to; after the end that changes nothing. 202: the node that runs it does not reply, so it ends as cancelled when that node does, or when another takes over.',
        params: messageParams,
        response: { 200: message, 202: message, ...refusals },
      },
    },
    async (request, reply) => {
      requireScope(request.principal, 'chat')
      const { ref, found } = await requireMessage(db.query, request.principal, request.params, 'write')
      const cancelled = await cancelAnswer(services, ref, found)
      if (cancelled === undefined) throw messageNotFound()
      return reply.code(isFinished(cancelled.status) ? 200 : 202).send(await present(cancelled))
    },
  )
  server.post(
    '/projects/:project_id/chats/:chat_id/messages/:message_id/regenerate',
    {
      schema: {
        tags,
        summary: 'Regenerate Message',
        description:
          'Answers the same question again, as a sibling of this assistant message, which stays. With `continue` the new one begins with what this one said before it was cancelled or failed, citations included, and goes on from there; without a model it is made anew.',
        params: messageParams,
        body: regeneration,
        response: { 201: message, ...refusals },
      },
    },
    async (request, reply) => {
      requireScope(request.principal, 'chat')
      const { ref, found } = await requireMessage(db.query, request.principal, request.params, 'write')
      const { model, temperature, max_tokens: maxTokens, continue: isContinued } = request.body ?? {}
      const replyId = request.ids.next<MessageId>()
      await regenerateReply(services, request.principal, ref, {
        replyId,
        answerId: request.ids.next<AnswerId>(),
        messageId: found.id,
        model: model ?? null,
        temperature: temperature ?? null,
        maxTokens: maxTokens ?? null,
        isContinued: isContinued ?? false,
      })
      const sibling = await findMessage(db.query, ref, replyId)
      if (sibling === undefined) throw messageNotFound()
      return reply.code(201).send(await present(sibling))
    },
  )
}

function acceptsStream(accept: string | undefined): boolean {
  return accept?.includes('text/event-stream') === true
}
