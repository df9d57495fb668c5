import { type FeedEvent, readFeed } from '@quory/sdk'
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { dropChat, keepChat } from '../server/keep-chats.ts'
import { useQuory } from '../server/quory-context.ts'

/**
 * Keeps all that was read up to date, by the one feed of the user's events: other tabs, devices and people show at
 * once, and nothing is asked for again and again.
 */
export function useFeed(): void {
  const quory = useQuory()
  const queryClient = useQueryClient()
  useEffect(() => {
    const leaving = new AbortController()
    void follow(leaving.signal)
    return () => leaving.abort()

    async function follow(signal: AbortSignal): Promise<void> {
      try {
        for await (const event of readFeed(quory, { signal })) apply(queryClient, event)
      } catch {
        // Signed out, which the next request says; the page works on without the feed.
      }
    }
  }, [quory, queryClient])
}

function apply(queryClient: QueryClient, event: FeedEvent): void {
  switch (event.type) {
    case 'start':
      // What happened while nobody listened is read anew.
      for (const key of ['chats', 'sources', 'training']) void queryClient.invalidateQueries({ queryKey: [key] })
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
