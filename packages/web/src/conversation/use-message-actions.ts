import type { Message } from '@quory/sdk'
import { useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { type ChatRef, patchMessage, refreshMessages } from '../server/messages-query.ts'
import { useQuory } from '../server/quory-context.ts'
import { notify } from '../ui/notify.ts'
import type { AnswerOptions } from './answer-options.ts'

export type Rating = 'up' | 'down' | null

export interface MessageActions {
  /** The same question again, beside the answer that is there. */
  regenerate(message: Message, model: string | null): void
  /** Goes on where an answer broke off. */
  continueAnswer(message: Message): void
  rate(message: Message, rating: Rating): void
  /** Shows another form of a question or answer, and what followed it. */
  walkTo(messageId: string): void
  stop(messageId: string): void
}

/** What can be done to the messages of a chat. What is refused is said, and undone. */
export function useMessageActions(chat: ChatRef, options: AnswerOptions): MessageActions {
  const { t } = useTranslation()
  const quory = useQuory()
  const queryClient = useQueryClient()
  const { projectId, chatId } = chat
  return useMemo(() => {
    const server = { quory, queryClient }
    const ref = { projectId, chatId }
    const path = (messageId: string) => ({ project_id: projectId, chat_id: chatId, message_id: messageId })
    const attempt = (work: () => Promise<unknown>, undo?: () => void) => {
      work().catch((error: unknown) => {
        undo?.()
        notify('problem', error instanceof Error ? error.message : t('ui.notReached'))
      })
    }
    const regenerate = (message: Message, body: Readonly<Record<string, unknown>>) =>
      attempt(async () => {
        await quory.api.POST('/v1/projects/{project_id}/chats/{chat_id}/messages/{message_id}/regenerate', {
          params: { path: path(message.id) },
          body: { temperature: options.temperature, max_tokens: options.maxTokens, ...body },
        })
        await refreshMessages(server, ref)
      })
    return {
      regenerate: (message, model) => regenerate(message, { model: model ?? options.model }),
      continueAnswer: (message) => regenerate(message, { model: message.model ?? options.model, continue: true }),
      rate: (message, rating) => {
        patchMessage(queryClient, ref, message.id, (known) => ({ ...known, rating }))
        attempt(
          () =>
            quory.api.PUT('/v1/projects/{project_id}/chats/{chat_id}/messages/{message_id}/rating', {
              params: { path: path(message.id) },
              body: { rating },
            }),
          () => patchMessage(queryClient, ref, message.id, (known) => ({ ...known, rating: message.rating })),
        )
      },
      walkTo: (messageId) =>
        attempt(async () => {
          await quory.api.PATCH('/v1/projects/{project_id}/chats/{chat_id}', {
            params: { path: { project_id: projectId, chat_id: chatId } },
            body: { leaf_id: messageId },
          })
          await refreshMessages(server, ref, { around: messageId })
        }),
      stop: (messageId) =>
        attempt(() =>
          quory.api.POST('/v1/projects/{project_id}/chats/{chat_id}/messages/{message_id}/cancel', {
            params: { path: path(messageId) },
          }),
        ),
    }
  }, [t, quory, queryClient, projectId, chatId, options])
}
