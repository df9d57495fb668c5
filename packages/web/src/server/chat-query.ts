import type { Chat, Quory } from '@quory/sdk'
import { queryOptions } from '@tanstack/react-query'
import { dataOf } from './data-of.ts'

export function chatQuery(
  quory: Quory,
  { projectId, chatId }: { readonly projectId: string; readonly chatId: string },
) {
  return queryOptions({
    queryKey: ['chat', projectId, chatId],
    queryFn: async ({ signal }): Promise<Chat> =>
      dataOf(
        await quory.api.GET('/v1/projects/{project_id}/chats/{chat_id}', {
          params: { path: { project_id: projectId, chat_id: chatId } },
          signal,
        }),
      ),
  })
}
