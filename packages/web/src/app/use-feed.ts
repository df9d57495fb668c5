import { type FeedEvent, readFeed } from '@quory/sdk'
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useEffect, useEffectEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { dropChat, keepChat } from '../server/keep-chats.ts'
import { meQuery } from '../server/me-query.ts'
import { useQuory } from '../server/quory-context.ts'
import { notify } from '../ui/notify.ts'

/**
 * Keeps all that was read up to date, by the one feed of the user's events: other tabs, devices and people show at
 * once, and nothing is asked for again and again.
 */
export function useFeed(): void {
  const { t } = useTranslation()
  const quory = useQuory()
  const queryClient = useQueryClient()
  const router = useRouter()
  const onProjectDeleted = useEffectEvent(async (projectId: string) => {
    const name = queryClient.getQueryData(meQuery(quory).queryKey)?.projects.find(({ id }) => id === projectId)?.name
    await queryClient.invalidateQueries({ queryKey: ['me'] })
    if (router.state.location.pathname.split('/')[2] !== projectId) return
    notify('news', t('shell.projectDeleted', { name }))
    await router.navigate({ to: '/' })
  })
  useEffect(() => {
    const leaving = new AbortController()
    void follow(leaving.signal)
    return () => leaving.abort()

    async function follow(signal: AbortSignal): Promise<void> {
      try {
        for await (const event of readFeed(quory, { signal })) {
          if (event.type === 'project-deleted') void onProjectDeleted(event.projectId)
          else apply(queryClient, event)
        }
      } catch {
        // Signed out, which the next request says; the page works on without the feed.
      }
    }
  }, [quory, queryClient])
}

function apply(queryClient: QueryClient, event: Exclude<FeedEvent, { type: 'project-deleted' }>): void {
  switch (event.type) {
    case 'start':
      // What happened while nobody listened is read anew.
      for (const key of ['me', 'chats', 'sources', 'training']) void queryClient.invalidateQueries({ queryKey: [key] })
      return
    case 'chat-changed':
      keepChat(queryClient, event.chat)
      return
    case 'chat-deleted':
      dropChat(queryClient, event.projectId, event.chatId)
      return
    case 'answer-started':
      void queryClient.invalidateQueries({ queryKey: ['messages', event.projectId, event.chatId] })
      return
    case 'answer-ended':
      // Whoever looks at the chat reads the answer to its end.
      return
    case 'source-changed':
      void queryClient.invalidateQueries({ queryKey: ['sources', event.projectId] })
      return
    case 'training-changed':
      void queryClient.invalidateQueries({ queryKey: ['training', event.projectId] })
  }
}
