import { requireScope } from '../../accounts/authorize.ts'
import { requireChat } from '../../chats/chat-store.ts'
import { trashChat } from '../../chats/trash-chat.ts'
import { restoreChat } from '../../chats/trash-store.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { chatRefOf } from './path-ids.ts'
import { presentChat } from './present.ts'
import { chat, chatParams, refusals } from './schemas.ts'

const tags = ['chats']

export function registerTrashRoutes(server: Server, services: Pick<Services, 'db' | 'wakeUp' | 'log'>): void {
  const { db } = services
  server.post(
    '/projects/:project_id/chats/:chat_id/trash',
    {
      schema: {
        tags,
        summary: 'Trash Chat',
        description:
          'Stops what is being answered, whose text so far stays, and takes the chat out of sight: in the trash it can only be restored or deleted. After QUORY_TRASH_DAYS it is deleted for good. One that is in it stays as it is.',
        params: chatParams,
        response: { 200: chat, ...refusals },
      },
    },
    async (request) => {
      requireScope(request.principal, 'chat')
      const ref = chatRefOf(request.params)
      const found = await requireChat(db.query, request.principal, ref, 'discard')
      // Thrown away by an earlier run of the same request, perhaps.
      if (found.deletedAt !== null) return presentChat(found)
      await trashChat(services, ref)
      return presentChat(await requireChat(db.query, request.principal, ref, 'discard'))
    },
  )
  server.post(
    '/projects/:project_id/chats/:chat_id/restore',
    {
      schema: {
        tags,
        summary: 'Restore Chat',
        description: 'Takes a chat out of the trash, as it was. One that is not in it stays as it is.',
        params: chatParams,
        response: { 200: chat, ...refusals },
      },
    },
    async (request) => {
      requireScope(request.principal, 'chat')
      const found = await requireChat(db.query, request.principal, chatRefOf(request.params), 'discard')
      return presentChat(await restoreChat(db.query, found))
    },
  )
}
