import { requireChat } from '../../chats/chat-store.ts'
import { decodeCursor, encodeCursor } from '../../database/page.ts'
import { QuoryError } from '../../errors.ts'
import type { ChatId } from '../../ids.ts'
import { cutSnippet } from '../../memory/cut-snippet.ts'
import { type MessageSearch, searchMessages } from '../../memory/search-messages.ts'
import { requireProject } from '../../projects/project-store.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { foundMessages, messageSearch } from './message-search-schemas.ts'
import { projectIdOf } from './path-ids.ts'
import { projectParams, refusals } from './schemas.ts'

export function registerMessageSearchRoutes(server: Server, { db }: Pick<Services, 'db'>): void {
  server.get(
    '/projects/:project_id/messages/search',
    {
      schema: {
        tags: ['messages'],
        summary: 'Search Messages',
        description: 'Searches what was said in your own chats of the project, best first.',
        params: projectParams,
        querystring: messageSearch,
        response: { 200: foundMessages, ...refusals },
      },
    },
    async ({ principal, params, query }) => {
      const projectId = projectIdOf(params)
      await requireProject(db.query, principal, projectId, 'viewer')
      const { q, chat_id: chatId, limit, cursor } = query
      if (chatId !== undefined) {
        const chat = await requireChat(db.query, principal, { projectId, chatId }, 'read')
        // Others who may read it do not search it.
        if (chat.ownerId !== principal.userId) throw new QuoryError('chat_not_found', 'Chat not found')
      }
      const found = await searchMessages(db.query, {
        projectId,
        ownerId: principal.userId,
        chat: chatId === undefined ? undefined : { id: chatId },
        query: q,
        ...(cursor === undefined ? {} : placeOf(cursor)),
        limit,
      })
      const { asOf, last } = found
      return {
        messages: found.messages.map((message) => ({
          message_id: message.id,
          chat_id: message.chatId,
          chat_name: message.chatName,
          role: message.role,
          created_at: message.createdAt,
          snippet: cutSnippet(message.content, q),
          score: message.score,
        })),
        next_cursor: last === undefined ? null : encodeCursor([asOf, last.score, last.position, last.chat]),
        is_complete: found.isComplete,
      }
    },
  )
}

function placeOf(cursor: string): Pick<MessageSearch, 'asOf' | 'after'> {
  const [asOf, score, position, chat] = decodeCursor(cursor, ['time', 'score', 'number', 'id'])
  return { asOf, after: { score, position, chat: chat as ChatId } }
}
