import { type AnswerState, type Message, QuoryRequestError } from '@quory/sdk'
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

interface ReadAnswers {
  /** Of the answer that is being read. */
  readonly reader: LiveAnswerReader | undefined
  /** How those that were read came to their ends, with the thoughts and tools on the way, which are not stored. */
  readonly ended: ReadonlyMap<string, AnswerState>
}

const retryMs = 1_000

/**
 * Reads the chat's answers one after the other, each to its own end: those that have not ended, and those that came
 * after the chat was opened, however soon they ended. What is read of the chat meanwhile cuts none of them short.
 */
export function useLiveAnswer({ chat, messages, isLoaded }: ReadChat): ReadAnswers {
  const quory = useQuory()
  const queryClient = useQueryClient()
  const [reader, setReader] = useState<LiveAnswerReader>()
  const [openedWith, setOpenedWith] = useState<string>()
  const [ended, setEnded] = useState<ReadonlyMap<string, AnswerState>>(() => new Map())
  if (isLoaded && openedWith === undefined) setOpenedWith(newestTime(messages))
  const next = messages.find(
    (message) =>
      message.role === 'assistant' &&
      !ended.has(message.id) &&
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
      if (!leaving.signal.aborted) setEnded((known) => new Map(known).set(next.id, opened.read().state))
    }
    const opened = readLiveAnswer({ quory, chat: ref, message: next, onEnd: () => void settle() })
    setReader(opened)
    return () => {
      leaving.abort()
      opened.stop()
      setReader(undefined)
    }
  }, [quory, queryClient, projectId, chatId, messageId])
  return { reader, ended }
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
