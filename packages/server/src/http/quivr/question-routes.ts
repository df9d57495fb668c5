import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { requireScope } from '../../accounts/authorize.ts'
import { storeAnsweredQuestion } from '../../chats/answered-question-store.ts'
import type { Message } from '../../chats/chat.ts'
import { requireOwnChat } from '../../chats/chat-store.ts'
import { findMessage } from '../../chats/message-store.ts'
import { takeQuestionIds } from '../../chats/send-message.ts'
import { QuoryError } from '../../errors.ts'
import type { IdSource, MessageId } from '../../ids.ts'
import type { Services } from '../services.ts'
import { checkAccess } from '../stream-access.ts'
import type { Server } from '../validation.ts'
import { presentAnswerStream, presentClosing, readBeginning } from './answer-stream.ts'
import { type Ask, type Asked, askQuestion, openaiKeyOf } from './ask-question.ts'
import { presentRecord, sendNull } from './present.ts'
import {
  answeredQuestion,
  chatParams,
  question,
  questionHeaders,
  questionQuery,
  questionRefusals,
  record,
  refusals,
} from './schemas.ts'

const tags = ['quivr']
/** A stream's headers go out after this long although nothing was said yet: proxies give up on a silent request. */
const silentHeadersMs = 10_000

export function registerQuestionRoutes(server: Server, services: Services): void {
  const { db, log, streams } = services
  /** Ends what waits for an answer when the server stops; the answers themselves go on elsewhere or after a restart. */
  const closing = new AbortController()
  server.addHook('preClose', async () => closing.abort())

  const findReply = ({ question, replyId }: Asked) => findMessage(db.query, question, replyId)

  function readLog(asked: Asked, reply: FastifyReply) {
    const reading = new AbortController()
    const stop = () => reading.abort()
    reply.raw.once('close', stop)
    closing.signal.addEventListener('abort', stop)
    /** For what is being streamed the server's end is announced to the reader first. */
    const keep = () => closing.signal.removeEventListener('abort', stop)
    reading.signal.addEventListener('abort', keep)
    return { batches: log.read(asked, 0, reading.signal), stop, keep }
  }

  server.post(
    '/chat/:chat_id/question',
    {
      config: { runsAgain: true },
      schema: {
        tags,
        summary: 'Ask a question and wait for its answer',
        description: 'The answer is made to its end even if the client does not wait for it.',
        params: chatParams,
        querystring: questionQuery,
        headers: questionHeaders,
        body: question,
        response: { 200: record, ...questionRefusals },
      },
    },
    async (request, reply) => {
      const asked = await askQuestion(services, request.principal, toAsk(request))
      void request.keyed?.finish()
      const { batches, stop } = readLog(asked, reply)
      for await (const _ of batches);
      stop()
      if (reply.raw.destroyed) return reply.hijack()
      if (closing.signal.aborted) throw shuttingDown()
      return presentRecord(request.body.question, requireSpoken(await findReply(asked)))
    },
  )
  server.post(
    '/chat/:chat_id/question/stream',
    {
      config: { runsAgain: true },
      schema: {
        tags,
        summary: 'Ask a question and read its answer as it is made',
        description:
          'Events are `data: ` and one JSON object, in ASCII: the record of the question with the next piece of text as `assistant`. The last one adds no text and carries `metadata`; when the stream ends before its answer, it says so in words and in `metadata.stream_closed`. What goes wrong before the first piece is a real status.',
        params: chatParams,
        querystring: questionQuery,
        headers: questionHeaders,
        body: question,
        response: { 200: z.string().meta({ description: 'text/event-stream' }), ...questionRefusals },
      },
    },
    async (request, reply) => {
      const asked = await askQuestion(services, request.principal, toAsk(request))
      void request.keyed?.finish()
      const { batches, stop, keep } = readLog(asked, reply)
      const beginning = readBeginning(batches)
      const silence = new AbortController()
      const first = await Promise.race([
        beginning.finally(() => silence.abort()),
        wait(silentHeadersMs, undefined, { signal: silence.signal, ref: false }).catch(() => undefined),
      ])
      if (reply.raw.destroyed) return reply.hijack()
      if (first?.hasText === false) {
        if (closing.signal.aborted) throw shuttingDown()
        requireSpoken(await findReply(asked))
      }
      keep()
      let isWhole = false
      const frames = async function* (signal: AbortSignal) {
        signal.addEventListener('abort', stop, { once: true })
        if (signal.aborted) stop()
        isWhole = yield* presentAnswerStream(asked, beginning, batches, () => findReply(asked))
      }
      await streams.send(request, reply, frames, {
        heartbeat: '\n',
        closing: (reason) => (isWhole ? '' : presentClosing(asked, reason)),
        mayRead: checkAccess(services, request, asked.question),
      })
      return reply
    },
  )
  server.post(
    '/chat/:chat_id/question/answer',
    {
      schema: {
        tags,
        summary: 'Add a question with an answer that is already known',
        params: chatParams,
        body: answeredQuestion,
        response: { 200: z.null(), ...refusals },
      },
    },
    async (request, reply) => {
      requireScope(request.principal, 'chat')
      const chat = await requireOwnChat(db.query, request.principal, request.params.chat_id)
      const { question, answer } = request.body
      await storeAnsweredQuestion(db, request.principal, {
        projectId: chat.projectId,
        chatId: chat.id,
        questionId: request.ids.next<MessageId>(),
        replyId: request.ids.next<MessageId>(),
        question,
        answer,
      })
      return sendNull(reply)
    },
  )
}

function toAsk(request: {
  readonly ids: IdSource
  readonly params: z.output<typeof chatParams>
  readonly query: z.output<typeof questionQuery>
  readonly headers: z.output<typeof questionHeaders>
  readonly body: z.output<typeof question>
}): Ask {
  return {
    ids: takeQuestionIds(request.ids),
    chatId: request.params.chat_id,
    body: request.body,
    brainId: request.query.brain_id ?? null,
    openaiKey: openaiKeyOf(request.headers['openai-api-key']),
  }
}

function shuttingDown(): QuoryError {
  return new QuoryError('shutting_down', 'The server is stopping; the answer will be in the history')
}

/** An answer that failed before its first word is an error, and the reason is its provider's. */
function requireSpoken(reply: Message | undefined): Message {
  if (reply === undefined) throw new QuoryError('chat_not_found', 'Chat not found')
  if (reply.status !== 'failed' || reply.content !== '') return reply
  const { code, message } = reply.error ?? { code: 'answer_failed', message: 'The answer could not be generated' }
  throw new QuoryError(code === 'model_unavailable' ? 'model_unavailable' : 'answer_failed', message)
}
