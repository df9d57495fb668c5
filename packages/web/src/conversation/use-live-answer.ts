import { type Message, QuoryRequestError } from '@quory/sdk'
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { type ChatRef, refreshMessages } from '../server/messages-query.ts'
import { useQuory } from '../server/quory-context.ts'
import { type LiveAnswer, type LiveAnswerReader, readLiveAnswer } from './live-answer.ts'

interface ReadChat {
  readonly chat: ChatRef
  readonly messages: readonly Message[]
  /** Whether `messages` is what the chat held when it was opened, or later. */
  readonly isLoaded: boolean
}

const retryMs = 1_000

/**
 * Reads the chat's answers one after the other, each to its own end: those that have not ended, and those that came
 * after the chat was opened, however soon they ended. What is read of the chat meanwhile cuts none of them short.
 */
export function useLiveAnswer({ chat, messages, isLoaded }: ReadChat): LiveAnswerReader | undefined {
  const quory = useQuory()
  const queryClient = useQueryClient()
  const [reader, setReader] = useState<LiveAnswerReader>()
  const [openedWith, setOpenedWith] = useState<string>()
  const [readIds, setReadIds] = useState<ReadonlySet<string>>(() => new Set())
  if (isLoaded && openedWith === undefined) setOpenedWith(newestTime(messages))
  const next = messages.find(
    (message) =>
      message.role === 'assistant' &&
      !readIds.has(message.id) &&
      (isUnfinished(message) || (openedWith !== undefined && message.created_at > openedWith)),
  )
  const { projectId, chatId } = chat
  const messageId = next?.id
  // biome-ignore lint/correctness/useExhaustiveDependencies: the message is read from its start, whatever else is known of it
  useEffect(() => {
    if (next === undefined) return
    const ref = { projectId, chatId }
    const leaving = new AbortController()
    // The answer is shown as it was read until the stored message takes its place.
    const settle = async () => {
      await refreshUntilDone({ quory, queryClient }, ref, next.id, leaving.signal)
      if (!leaving.signal.aborted) setReadIds((known) => new Set(known).add(next.id))
    }
    const opened = readLiveAnswer({ quory, chat: ref, message: next, onEnd: () => void settle() })
    setReader(opened)
    return () => {
      leaving.abort()
      opened.stop()
      setReader(undefined)
    }
  }, [quory, queryClient, projectId, chatId, messageId])
  return reader
}

export function useLive(reader: LiveAnswerReader | undefined): LiveAnswer | undefined {
  return useSyncExternalStore(reader?.subscribe ?? neverChanges, () => reader?.read())
}

export function isUnfinished({ role, status }: Message): boolean {
  return role === 'assistant' && (status === 'queued' || status === 'processing')
}

/** By the server's clock, which wrote them all. */
function newestTime(messages: readonly Message[]): string {
  const times = messages.map(({ created_at: time }) => time)
  return times.toSorted().at(-1) ?? ''
}

/** Tried again while there is no server; what it refuses it will refuse again. */
async function refreshUntilDone(
  server: { readonly quory: ReturnType<typeof useQuory>; readonly queryClient: QueryClient },
  chat: ChatRef,
  messageId: string,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await refreshMessages(server, chat, { around: messageId })
      await server.queryClient.invalidateQueries({ queryKey: ['chats', chat.projectId] })
      return
    } catch (error) {
      if (error instanceof QuoryRequestError && error.status < 500) return
      await new Promise((resolve) => setTimeout(resolve, retryMs))
    }
  }
}

function neverChanges(): () => void {
  return () => undefined
}
