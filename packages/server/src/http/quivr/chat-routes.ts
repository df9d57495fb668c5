import { z } from 'zod'
import { requireScope } from '../../accounts/authorize.ts'
import { createChat, listOwnChats, requireOwnChat, updateChat } from '../../chats/chat-store.ts'
import { deleteChat } from '../../chats/delete-chat.ts'
import { findMessage, rateMessage } from '../../chats/message-store.ts'
import { announceChange } from '../../database/change-notice.ts'
import type { ChatId } from '../../ids.ts'
import { ensureHomeProject } from '../../projects/home-project-store.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { listHistory } from './list-history.ts'
import { listNotifications, notification } from './notifications.ts'
import { presentChat, presentRecord, setPageHeaders } from './present.ts'
import {
  chat,
  chatChange,
  chatParams,
  confirmation,
  messageItem,
  messageParams,
  newChat,
  pageQuery,
  record,
  refusals,
  thumbsChange,
} from './schemas.ts'

const tags = ['quivr']

const notificationItem = z.object({ item_type: z.literal('NOTIFICATION'), body: notification })

function mergeByTime(
  messages: Awaited<ReturnType<typeof listHistory>>['items'],
  notes: Awaited<ReturnType<typeof listNotifications>>,
) {
  const items = notes.map((body) => ({ time: body.datetime, item: { item_type: 'NOTIFICATION' as const, body } }))
  return [...messages.map((item) => ({ time: item.message_time, item })), ...items]
    .toSorted((a, b) => (a.time < b.time ? -1 : Number(a.time > b.time)))
    .map(({ item }) => item)
}

export function registerChatRoutes(server: Server, services: Pick<Services, 'db' | 'wakeUp' | 'log'>): void {
  const { db, wakeUp } = services
  server.get(
    '/chat',
    {
      schema: {
        tags,
        summary: "List the caller's chats, oldest first",
        querystring: pageQuery,
        response: { 200: z.object({ chats: z.array(chat) }), ...refusals },
      },
    },
    async (request, reply) => {
      const page = await listOwnChats(db, request.principal, request.query)
      setPageHeaders(reply, page)
      return { chats: page.items.map(presentChat) }
    },
  )
  server.post(
    '/chat',
    {
      schema: {
        tags,
        summary: 'Create a chat',
        body: newChat,
        // A column that no version filled, and that clients' types name.
        response: { 200: chat.extend({ history: z.null() }), ...refusals },
      },
    },
    async (request) => {
      requireScope(request.principal, 'chat')
      const projectId = await ensureHomeProject(db, request.principal.userId)
      const id = request.ids.next<ChatId>()
      const created = await createChat(db, request.principal, { id, projectId, name: request.body.name })
      announceChange(wakeUp, { type: 'chat', projectId, chatId: id, ownerId: created.ownerId })
      return { ...presentChat(created), history: null }
    },
  )
  server.put(
    '/chat/:chat_id/metadata',
    {
      schema: {
        tags,
        summary: 'Rename a chat',
        description: 'Without a name, or with null, the chat stays as it is.',
        params: chatParams,
        body: chatChange,
        response: { 200: chat, ...refusals },
      },
    },
    async (request) => {
      requireScope(request.principal, 'chat')
      const found = await requireOwnChat(db.query, request.principal, request.params.chat_id)
      const changed = await updateChat(db.query, found, { name: request.body.chat_name ?? undefined })
      announceChange(wakeUp, { type: 'chat', projectId: found.projectId, chatId: found.id, ownerId: found.ownerId })
      return presentChat(changed)
    },
  )
  server.delete(
    '/chat/:chat_id',
    {
      schema: {
        tags,
        summary: 'Delete a chat',
        params: chatParams,
        response: { 200: confirmation, ...refusals },
      },
    },
    async (request) => {
      requireScope(request.principal, 'chat')
      const { id, projectId, ownerId } = await requireOwnChat(db.query, request.principal, request.params.chat_id)
      await deleteChat(services, { projectId, chatId: id })
      announceChange(wakeUp, { type: 'chat-deleted', projectId, chatId: id, ownerId })
      // Both blanks are Quivr's.
      return { message: `${id}  has been deleted.` }
    },
  )
  server.get(
    '/chat/:chat_id/history',
    {
      schema: {
        tags,
        summary: 'Read a chat, oldest question first',
        description: 'Each item is wrapped and flat at once. The newest items come; X-Next-Cursor leads to older ones.',
        params: chatParams,
        querystring: pageQuery,
        response: { 200: z.array(z.union([messageItem, notificationItem])), ...refusals },
      },
    },
    async (request, reply) => {
      const { id, projectId } = await requireOwnChat(db.query, request.principal, request.params.chat_id)
      const page = await listHistory(db.query, { projectId, chatId: id }, request.query)
      setPageHeaders(reply, page)
      // Older pages are older than any of them.
      const isNewest = request.query.cursor === undefined
      const notes = isNewest ? await listNotifications(db.query, request.principal, id) : []
      return mergeByTime(page.items, notes)
    },
  )
  server.get(
    '/notifications/:chat_id',
    {
      schema: {
        tags,
        summary: 'What was added from a chat in the last five minutes, and how it went',
        params: chatParams,
        response: { 200: z.array(notification), ...refusals },
      },
    },
    async (request) => {
      const { id } = await requireOwnChat(db.query, request.principal, request.params.chat_id)
      return await listNotifications(db.query, request.principal, id)
    },
  )
  server.put(
    '/chat/:chat_id/:message_id',
    {
      schema: {
        tags,
        summary: 'Rate an answer',
        description: 'true is thumbs up, false thumbs down, null neither.',
        params: messageParams,
        body: thumbsChange,
        response: { 200: z.array(record), ...refusals },
      },
    },
    async (request) => {
      requireScope(request.principal, 'chat')
      const { id, projectId } = await requireOwnChat(db.query, request.principal, request.params.chat_id)
      const ref = { projectId, chatId: id }
      const { thumbs } = request.body
      const rating = thumbs === null ? null : Number(thumbs)
      const rated = await rateMessage(db.query, ref, request.params.message_id, rating)
      const question = rated.parentId === null ? undefined : await findMessage(db.query, ref, rated.parentId)
      return [presentRecord(question?.content ?? '', rated)]
    },
  )
}
