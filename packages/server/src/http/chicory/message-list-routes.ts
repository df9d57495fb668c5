import type { ChatRef, Message } from '../../chats/chat.ts'
import { requireChat } from '../../chats/chat-store.ts'
import { findMessage, listMessages } from '../../chats/message-store.ts'
import { listPath } from '../../chats/path-page-store.ts'
import { invalidField } from '../../errors.ts'
import { type MessageId, parseId } from '../../ids.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { chatRefOf } from './path-ids.ts'
import { presentMessageInQueue } from './present.ts'
import { chatParams, messageList, messagePage, refusals } from './schemas.ts'

const places = ['before', 'after', 'around'] as const
type Place = (typeof places)[number]

export function registerMessageListRoutes(server: Server, services: Pick<Services, 'db' | 'queue' | 'config'>): void {
  const { db } = services
  const present = (message: Message) => presentMessageInQueue(services, message)
  server.get(
    '/projects/:project_id/chats/:chat_id/messages',
    {
      schema: {
        tags: ['messages'],
        summary: 'List Messages',
        description:
          'Everything said, oldest first: the newest, or those before or after a message. With `path=active` only the conversation as it stands, each message with its `siblings`.',
        params: chatParams,
        querystring: messagePage,
        response: { 200: messageList, ...refusals },
      },
    },
    async (request) => {
      const ref = chatRefOf(request.params)
      const { limit, path, ...named } = request.query
      requireOnePlace(named)
      const chat = await requireChat(db.query, request.principal, ref, 'read')
      const page = {
        limit,
        before: messageIdIn('before', named.before),
        after: messageIdIn('after', named.after),
        around: messageIdIn('around', named.around),
      }
      if (path === undefined) {
        if (named.around !== undefined) throw wrongPlace('around', named.around, 'around needs path=active')
        const { messages, hasMore } = await listMessages(db.query, ref, page)
        return { messages: await Promise.all(messages.map(present)), has_more: hasMore }
      }
      for (const place of places) await requireThere(ref, place, page[place])
      const { messages, hasOlder, hasNewer } = await listPath(db.query, ref, { ...page, leafId: chat.leafId })
      return {
        messages: await Promise.all(
          messages.map(async (message) => ({ ...(await present(message)), siblings: message.siblings })),
        ),
        has_more: page.around === undefined ? (page.after === undefined ? hasOlder : hasNewer) : hasOlder || hasNewer,
        has_older: hasOlder,
        has_newer: hasNewer,
      }
    },
  )

  async function requireThere(ref: ChatRef, place: Place, id: MessageId | undefined): Promise<void> {
    if (id === undefined || (await findMessage(db.query, ref, id)) !== undefined) return
    throw wrongPlace(place, id, 'no such message in this chat')
  }
}

function requireOnePlace(named: Readonly<Partial<Record<Place, string | undefined>>>): void {
  const [first, second] = places.filter((place) => named[place] !== undefined)
  if (first === undefined || second === undefined) return
  throw wrongPlace(second, named[second], `${first} and ${second} exclude each other`)
}

function messageIdIn(place: Place, value: string | undefined): MessageId | undefined {
  if (value === undefined) return undefined
  const id = parseId<MessageId>(value)
  if (id !== undefined) return id
  throw wrongPlace(place, value, 'no such message in this chat')
}

function wrongPlace(place: Place, input: string | undefined, reason: string) {
  return invalidField({ type: 'value_error', loc: ['query', place], msg: `Value error, ${reason}`, input })
}
