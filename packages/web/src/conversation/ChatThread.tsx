import type { Citation, Message } from '@quory/sdk'
import { useInfiniteQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import { type ChatRef, messagesQuery } from '../server/messages-query.ts'
import { useQuory } from '../server/quory-context.ts'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import type { AnswerOptions } from './answer-options.ts'
import type { OutgoingQuestion } from './outbox.ts'
import { SpokenAnswer } from './SpokenAnswer.tsx'
import { Thread } from './Thread.tsx'
import { ThreadSkeleton } from './ThreadSkeleton.tsx'
import { isUnfinished, useLiveAnswer } from './use-live-answer.ts'
import { useMessageActions } from './use-message-actions.ts'
import { useNewsOfChat } from './use-news-of-chat.ts'
import { useStopKey } from './use-stop-key.ts'

interface ChatThreadProps {
  readonly chat: ChatRef
  readonly shownMessageId: string | undefined
  readonly options: AnswerOptions
  readonly outgoing: readonly OutgoingQuestion[]
  readonly pending: ReactNode
  readonly onAskAnew: (message: Message, content: string) => void
  readonly onOpenCitation: (messageId: string, citation: Citation) => void
  readonly composer: (thread: {
    readonly onStop?: () => void
    readonly isRunning: boolean
    readonly onEditLast: () => void
  }) => ReactNode
}

/** An existing chat: its messages, the answer that is being made, and where to write. */
export function ChatThread(props: ChatThreadProps) {
  const { chat, shownMessageId, outgoing } = props
  const query = useInfiniteQuery(messagesQuery(useQuory(), chat, shownMessageId))
  const all = useMemo(() => query.data?.pages.flatMap(({ messages }) => messages) ?? [], [query.data])
  const messages = useMemo(() => withoutReplaced(all, outgoing), [all, outgoing])
  const { reader, ended } = useLiveAnswer({ chat, messages: all, isLoaded: query.isSuccess })
  const actions = useMessageActions(chat, props.options)
  const [editingId, setEditingId] = useState<string>()
  const sentCount = useCountOf(outgoing)
  useNewsOfChat(chat, query.isSuccess)
  const running = all.find(isUnfinished)
  const stop = running === undefined ? undefined : () => actions.stop(running.id)
  useStopKey(stop)
  return (
    <>
      {query.data === undefined ? (
        <Loading error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Thread
          messages={messages}
          shownMessageId={shownMessageId}
          older={{ has: query.hasPreviousPage, isLoading: query.isFetchingPreviousPage, load: query.fetchPreviousPage }}
          newer={{ has: query.hasNextPage, isLoading: query.isFetchingNextPage, load: query.fetchNextPage }}
          reader={reader}
          readStates={ended}
          editingId={editingId}
          onEdit={setEditingId}
          onAskAnew={props.onAskAnew}
          actions={actions}
          onOpenCitation={props.onOpenCitation}
          sentCount={sentCount}
        >
          {props.pending}
        </Thread>
      )}
      <SpokenAnswer reader={reader} />
      {props.composer({
        isRunning: running !== undefined,
        ...(stop === undefined ? {} : { onStop: stop }),
        onEditLast: () => setEditingId(all.findLast(({ role }) => role === 'user')?.id),
      })}
    </>
  )
}

function Loading({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  if (error === null) return <ThreadSkeleton />
  return (
    <div className="mx-auto w-full max-w-3xl flex-1 p-4">
      <ErrorNotice error={error} onRetry={onRetry} />
    </div>
  )
}

/** From a question that is being asked in another form on, what is shown is what is on its way. */
function withoutReplaced(messages: readonly Message[], outgoing: readonly OutgoingQuestion[]): readonly Message[] {
  const replaced = outgoing.find(({ siblingOf }) => siblingOf !== null)?.siblingOf
  const index = messages.findIndex(({ id }) => id === replaced)
  return index === -1 ? messages : messages.slice(0, index)
}

/** How many questions were seen on their way so far. */
function useCountOf(outgoing: readonly OutgoingQuestion[]): number {
  const [seen, setSeen] = useState<ReadonlySet<string>>(() => new Set())
  useEffect(() => {
    if (outgoing.some(({ key }) => !seen.has(key))) setSeen(new Set([...seen, ...outgoing.map(({ key }) => key)]))
  }, [outgoing, seen])
  return seen.size
}
