import type { CitationDetail, Quory } from '@quory/sdk'
import { queryOptions } from '@tanstack/react-query'
import { dataOf } from './data-of.ts'

/** A citation, and the message that makes it. */
export interface CitationRef {
  readonly projectId: string
  readonly chatId: string
  readonly messageId: string
  readonly citationId: string
}

/** What a citation points at, as it is now. */
export function citationQuery(quory: Quory, { projectId, chatId, messageId, citationId }: CitationRef) {
  return queryOptions({
    queryKey: ['citation', projectId, chatId, messageId, citationId],
    queryFn: async ({ signal }): Promise<CitationDetail> =>
      dataOf(
        await quory.api.GET('/v1/projects/{project_id}/chats/{chat_id}/messages/{message_id}/citations/{citation_id}', {
          params: {
            path: { project_id: projectId, chat_id: chatId, message_id: messageId, citation_id: citationId },
          },
          signal,
        }),
      ),
  })
}
