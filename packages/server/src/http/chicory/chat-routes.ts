import { z } from 'zod'
import { requireScope } from '../../accounts/authorize.ts'
import type { ChatRef } from '../../chats/chat.ts'
import { createChat, listChats, requireChat, updateChat } from '../../chats/chat-store.ts'
import { deleteChat } from '../../chats/delete-chat.ts'
import { listKeptChats } from '../../chats/kept-chats-store.ts'
import { findMessage } from '../../chats/message-store.ts'
import { walkToMessage } from '../../chats/walk-to-message.ts'
import { announceChange } from '../../database/change-notice.ts'
import { invalidField } from '../../errors.ts'
import type { ChatId, MessageId } from '../../ids.ts'
import { requireProject } from '../../projects/project-store.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { chatRefOf, projectIdOf } from './path-ids.ts'
import { presentChat, presentPage } from './present.ts'
import {
  chat,
  chatChange,
  chatListQuery,
  chatParams,
  confirmation,
  newChat,
  projectParams,
  refusals,
} from './schemas.ts'

const tags = ['chats']

export function registerChatRoutes(server: Server, services: Pick<Services, 'db' | 'wakeUp' | 'log'>): void {
  const { db } = services
  server.get(
    '/projects/:project_id/chats',
    {
      schema: {
        tags,
        summary: 'List Chats',
        params: projectParams,
        description:
          'Oldest first, and what you may see of others too; with `state` or `pinned` your own, newest first. What is in the trash comes with `state=trash` alone.',
        querystring: chatListQuery,
        response: { 200: z.object({ chats: z.array(chat) }), ...refusals },
      },
    },
    async (request, reply) => {
      const projectId = projectIdOf(request.params)
      await requireProject(db.query, request.principal, projectId, 'viewer')
      const { owner, state, pinned, ...paging } = request.query
      const page =
        state === undefined && pinned === undefined
          ? await listChats(db.query, request.principal, { projectId, owner, ...paging })
          : await listKeptChats(db.query, request.principal, {
              ...paging,
              projectId,
              state: state ?? 'all',
              isPinned: pinned,
            })
      return { chats: presentPage(reply, page, presentChat) }
    },
  )
  server.post(
    '/projects/:project_id/chats',
    {
      schema: {
        tags,
        summary: 'Create Chat',
        params: projectParams,
        body: newChat,
        response: { 201: chat, ...refusals },
      },
    },
    async (request, reply) => {
      requireScope(request.principal, 'chat')
      const projectId = projectIdOf(request.params)
      await requireProject(db.query, request.principal, projectId, 'viewer')
      const id = request.ids.next<ChatId>()
      const created = await createChat(db, request.principal, {
        id,
        projectId,
        ...request.body,
        isNamed: request.body.is_named ?? true,
      })
      announceChange(services.wakeUp, { type: 'chat', projectId, chatId: created.id, ownerId: created.ownerId })
      return reply.code(201).send(presentChat(created))
    },
  )
  server.get(
    '/projects/:project_id/chats/:chat_id',
    { schema: { tags, summary: 'Get Chat', params: chatParams, response: { 200: chat, ...refusals } } },
    async (request) => presentChat(await requireChat(db.query, request.principal, chatRefOf(request.params), 'read')),
  )
  server.patch(
    '/projects/:project_id/chats/:chat_id',
    {
      schema: {
        tags,
        summary: 'Update Chat',
        params: chatParams,
        body: chatChange,
        response: { 200: chat, ...refusals },
      },
    },
    async (request) => {
      requireScope(request.principal, 'chat')
      const ref = chatRefOf(request.params)
      const found = await requireChat(db.query, request.principal, ref, 'write')
      const { name, description, pinned, archived, leaf_id: leafId } = request.body
      if (leafId !== undefined && leafId !== null) await requireLeaf(ref, leafId)
      // Null changes nothing, as in Chicory's own updates.
      const changed = await updateChat(db.query, found, {
        name: name ?? undefined,
        description: description ?? undefined,
        isPinned: pinned ?? undefined,
        isArchived: archived ?? undefined,
      })
      if (leafId === undefined || leafId === null) return presentChat(changed)
      return presentChat({ ...changed, leafId: await walkToMessage(db, ref, leafId) })
    },
  )

  async function requireLeaf(ref: ChatRef, leafId: MessageId): Promise<void> {
    if ((await findMessage(db.query, ref, leafId)) !== undefined) return
    const msg = 'Value error, no such message in this chat'
    throw invalidField({ type: 'value_error', loc: ['body', 'leaf_id'], msg, input: leafId })
  }

  server.delete(
    '/projects/:project_id/chats/:chat_id',
    {
      schema: {
        tags,
        summary: 'Delete Chat',
        description: 'For good, whether or not it is in the trash.',
        params: chatParams,
        response: { 200: confirmation, ...refusals },
      },
    },
    async (request) => {
      requireScope(request.principal, 'chat')
      const ref = chatRefOf(request.params)
      const { ownerId } = await requireChat(db.query, request.principal, ref, 'discard')
      await deleteChat(services, ref)
      announceChange(services.wakeUp, { type: 'chat-deleted', ...ref, ownerId })
      return { message: 'Chat deleted successfully' }
    },
  )
}
