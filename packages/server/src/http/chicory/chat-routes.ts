import { z } from 'zod'
import { requireScope } from '../../accounts/authorize.ts'
import { createChat, listChats, requireChat, updateChat } from '../../chats/chat-store.ts'
import { deleteChat } from '../../chats/delete-chat.ts'
import type { ChatId } from '../../ids.ts'
import { requireProject } from '../../projects/project-store.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { chatRefOf, projectIdOf } from './path-ids.ts'
import { presentChat, presentPage } from './present.ts'
import { chat, chatChange, chatParams, confirmation, newChat, pageQuery, projectParams, refusals } from './schemas.ts'

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
        querystring: pageQuery.extend({ owner: z.string().optional().meta({ description: 'Exact owner label' }) }),
        response: { 200: z.object({ chats: z.array(chat) }), ...refusals },
      },
    },
    async (request, reply) => {
      const projectId = projectIdOf(request.params)
      await requireProject(db.query, request.principal, projectId, 'viewer')
      const page = await listChats(db.query, request.principal, { projectId, ...request.query })
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
      const created = await createChat(db, request.principal, { id, projectId, ...request.body })
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
      const found = await requireChat(db.query, request.principal, chatRefOf(request.params), 'write')
      const { name, description } = request.body
      // Null changes nothing, as in Chicory's own updates.
      return presentChat(
        await updateChat(db.query, found, { name: name ?? undefined, description: description ?? undefined }),
      )
    },
  )
  server.delete(
    '/projects/:project_id/chats/:chat_id',
    { schema: { tags, summary: 'Delete Chat', params: chatParams, response: { 200: confirmation, ...refusals } } },
    async (request) => {
      requireScope(request.principal, 'chat')
      const ref = chatRefOf(request.params)
      await requireChat(db.query, request.principal, ref, 'write')
      await deleteChat(services, ref)
      return { message: 'Chat deleted successfully' }
    },
  )
}
