import type { Chat, ChatChange } from '@quory/sdk'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { dataOf } from '../server/data-of.ts'
import { dropChat, keepChat } from '../server/keep-chats.ts'
import { useQuory } from '../server/quory-context.ts'
import { describeError } from '../ui/describe-error.ts'
import { notify } from '../ui/notify.ts'

/** What can be done with a chat from any list. Shown at once; taken back, with a word, when the server refuses. */
export function useChatActions() {
  const quory = useQuory()
  const queryClient = useQueryClient()
  const { t } = useTranslation()
  const pathOf = (chat: Chat) => ({ params: { path: { project_id: chat.project_id, chat_id: chat.id } } })

  async function attempt(chat: Chat, expected: Chat, send: () => Promise<Chat>): Promise<boolean> {
    keepChat(queryClient, expected)
    try {
      keepChat(queryClient, await send())
      return true
    } catch (error) {
      keepChat(queryClient, chat)
      notify('problem', describeError(error, t))
      return false
    }
  }

  const change = (chat: Chat, body: ChatChange, expected: Partial<Chat>) =>
    attempt(chat, { ...chat, ...expected }, async () =>
      dataOf(await quory.api.PATCH('/v1/projects/{project_id}/chats/{chat_id}', { ...pathOf(chat), body })),
    )

  const restore = (chat: Chat) =>
    attempt(chat, { ...chat, deleted_at: null }, async () =>
      dataOf(await quory.api.POST('/v1/projects/{project_id}/chats/{chat_id}/restore', pathOf(chat))),
    )

  return {
    rename: (chat: Chat, name: string) => change(chat, { name }, { name, is_named: true }),
    describe: (chat: Chat, description: string) => change(chat, { description }, { description }),
    pin: (chat: Chat, pinned: boolean) =>
      change(chat, { pinned }, { pinned_at: pinned ? new Date().toISOString() : null }),
    archive: (chat: Chat, archived: boolean) =>
      change(chat, { archived }, { archived_at: archived ? new Date().toISOString() : null }),
    restore,
    trash: async (chat: Chat) => {
      const trashed = { ...chat, deleted_at: new Date().toISOString() }
      const isDone = await attempt(chat, trashed, async () =>
        dataOf(await quory.api.POST('/v1/projects/{project_id}/chats/{chat_id}/trash', pathOf(chat))),
      )
      if (isDone)
        notify('news', t('chats.trashed', { name: chat.name }), {
          action: { label: t('chats.undo'), onClick: () => void restore(trashed) },
        })
      return isDone
    },
    deleteForGood: async (chat: Chat) => {
      try {
        await quory.api.DELETE('/v1/projects/{project_id}/chats/{chat_id}', pathOf(chat))
        dropChat(queryClient, chat.project_id, chat.id)
        return true
      } catch (error) {
        notify('problem', describeError(error, t))
        return false
      }
    },
  }
}
