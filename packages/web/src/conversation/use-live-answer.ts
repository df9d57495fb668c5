import { type Message, QuoryRequestError } from '@quory/sdk'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { type ChatRef, refreshMessages } from '../server/messages-query.ts'
import { useQuory } from '../server/quory-context.ts'
import { type LiveAnswer, type LiveAnswerReader, readLiveAnswer } from './live-answer.ts'

/** Reads the chat's first answer that has not ended; when it has, the chat is read anew, and the next one's turn comes. */
export function useLiveAnswer(chat: ChatRef | undefined, messages: readonly Message[]): LiveAnswerReader | undefined {
  const quory = useQuory()
  const queryClient = useQueryClient()
  const [reader, setReader] = useState<LiveAnswerReader>()
  const first = messages.find(isUnfinished)
  const [projectId, chatId, messageId] = [chat?.projectId, chat?.chatId, first?.id]
  // biome-ignore lint/correctness/useExhaustiveDependencies: the message is read from its start, whatever else is known of it
  useEffect(() => {
    if (projectId === undefined || chatId === undefined || first === undefined) return
    const ref = { projectId, chatId }
    const opened = readLiveAnswer({
      quory,
      chat: ref,
      message: first,
      onEnd: (error) => {
        void refresh(error instanceof QuoryRequestError ? 0 : 5)
      },
    })
    // The answer is shown as it was read until the stored message takes its place.
    async function refresh(attempts: number): Promise<void> {
      try {
        await refreshMessages({ quory, queryClient }, ref, { around: messageId ?? '' })
        await queryClient.invalidateQueries({ queryKey: ['chats', projectId] })
      } catch {
        if (attempts > 0) setTimeout(() => void refresh(attempts - 1), 1_000)
      }
    }
    setReader(opened)
    return () => {
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

function neverChanges(): () => void {
  return () => undefined
}
