import { useQueryClient } from '@tanstack/react-query'
import { useMemo, useSyncExternalStore } from 'react'
import { useQuory } from '../server/quory-context.ts'
import { type Outbox, outboxOf } from './outbox.ts'

/** The questions of this chat that are on their way; `chatId` is undefined for a chat that is not made yet. */
export function useOutbox(projectId: string, chatId: string | undefined) {
  const quory = useQuory()
  const queryClient = useQueryClient()
  const outbox: Outbox = outboxOf({ quory, queryClient })
  const all = useSyncExternalStore(outbox.subscribe, outbox.read)
  const outgoing = useMemo(
    () => all.filter((question) => question.projectId === projectId && question.chatId === (chatId ?? null)),
    [all, projectId, chatId],
  )
  return { outbox, outgoing }
}
