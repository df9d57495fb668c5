import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { type ChatRef, type LoadedMessages, messagesKey, refreshMessages } from '../server/messages-query.ts'
import { useQuory } from '../server/quory-context.ts'

/**
 * Reads what was said in the chat elsewhere: when the page comes back to the front or online, and whenever the feed
 * says that the chat changed, which marks its messages as out of date.
 */
export function useNewsOfChat({ projectId, chatId }: ChatRef, isLoaded: boolean): void {
  const quory = useQuory()
  const queryClient = useQueryClient()
  useEffect(() => {
    if (!isLoaded) return
    const chat = { projectId, chatId }
    const read = () => {
      const loaded = queryClient.getQueryData<LoadedMessages>(messagesKey(chat))
      // In the middle of the chat its end is not shown.
      if (loaded?.pages.at(-1)?.has_newer === true) return
      refreshMessages({ quory, queryClient }, chat).catch(() => undefined)
    }
    const onFront = () => {
      if (document.visibilityState === 'visible') read()
    }
    document.addEventListener('visibilitychange', onFront)
    addEventListener('online', read)
    addEventListener('focus', read)
    read()
    const [, , shown] = messagesKey(chat)
    const unsubscribe = queryClient.getQueryCache().subscribe((event) => {
      if (event.type !== 'updated' || event.action.type !== 'invalidate') return
      const [kind, , changed] = event.query.queryKey
      if (kind === 'messages' && changed === shown) read()
    })
    return () => {
      unsubscribe()
      document.removeEventListener('visibilitychange', onFront)
      removeEventListener('online', read)
      removeEventListener('focus', read)
    }
  }, [quory, queryClient, projectId, chatId, isLoaded])
}
