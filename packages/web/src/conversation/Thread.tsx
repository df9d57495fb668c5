import type { AnswerState, Citation, Message } from '@quory/sdk'
import { ArrowDown } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../ui/Button.tsx'
import { Spinner } from '../ui/Spinner.tsx'
import { AssistantMessage } from './AssistantMessage.tsx'
import type { LiveAnswerReader } from './live-answer.ts'
import { ThreadItem } from './ThreadItem.tsx'
import { UserMessage } from './UserMessage.tsx'
import type { MessageActions } from './use-message-actions.ts'
import { useOlderMessages } from './use-older-messages.ts'
import { useStickToBottom } from './use-stick-to-bottom.ts'

export interface ThreadProps {
  readonly messages: readonly Message[]
  /** The one to show and mark, when the address names one. */
  readonly shownMessageId: string | undefined
  readonly older: { readonly has: boolean; readonly isLoading: boolean; readonly load: () => void }
  readonly newer: { readonly has: boolean; readonly isLoading: boolean; readonly load: () => void }
  readonly reader: LiveAnswerReader | undefined
  readonly readStates: ReadonlyMap<string, AnswerState>
  readonly editingId: string | undefined
  readonly onEdit: (messageId: string | undefined) => void
  readonly onAskAnew: (message: Message, content: string) => void
  readonly actions: MessageActions
  readonly onOpenCitation: (messageId: string, citation: Citation) => void
  /** What stands below the messages: questions on their way. */
  readonly children?: ReactNode
  /** Changes when something was sent: the end is shown then. */
  readonly sentCount: number
}

/** The messages of a chat, from the last upwards. */
export function Thread(props: ThreadProps) {
  const { messages, shownMessageId, older, newer, sentCount } = props
  const { t } = useTranslation()
  const [scroller, setScroller] = useState<HTMLElement | null>(null)
  const [content, setContent] = useState<HTMLElement | null>(null)
  const top = useRef<HTMLDivElement>(null)
  const { isAtBottom, toBottom } = useStickToBottom(scroller, content, shownMessageId === undefined)
  useOlderMessages({
    scroller,
    top,
    firstId: messages[0]?.id,
    hasOlder: older.has,
    isLoading: older.isLoading,
    load: older.load,
  })
  useShownMessage(shownMessageId, messages)
  useEffect(() => {
    if (sentCount > 0) toBottom()
  }, [sentCount, toBottom])
  const liveId = props.reader?.read().messageId
  return (
    <div className="relative min-h-0 flex-1">
      <div ref={setScroller} className="h-full overflow-y-auto overscroll-contain">
        <div ref={setContent} className="mx-auto w-full max-w-3xl px-4 pt-4 pb-8">
          <div ref={top} className="grid h-8 place-items-center">
            {older.isLoading ? <Spinner className="text-muted-foreground" /> : null}
          </div>
          <ol aria-label={t('conversation.messages')} className="grid gap-6">
            {messages.map((message) => (
              <ThreadItem
                key={message.id}
                id={message.id}
                role={message.role}
                isShown={message.id === shownMessageId}
                isLive={message.id === liveId}
              >
                <h3 className="sr-only">{t(message.role === 'user' ? 'conversation.you' : 'conversation.answer')}</h3>
                {message.role === 'user' ? (
                  <UserMessage
                    message={message}
                    isEditing={props.editingId === message.id}
                    onEdit={props.onEdit}
                    onAskAnew={props.onAskAnew}
                    onWalk={props.actions.walkTo}
                  />
                ) : (
                  <AssistantMessage
                    message={message}
                    reader={message.id === liveId ? props.reader : undefined}
                    readState={props.readStates.get(message.id)}
                    actions={props.actions}
                    onOpenCitation={props.onOpenCitation}
                  />
                )}
              </ThreadItem>
            ))}
          </ol>
          {newer.has ? (
            <div className="mt-6 grid place-items-center">
              <Button isBusy={newer.isLoading} onClick={newer.load}>
                {t('conversation.newer')}
              </Button>
            </div>
          ) : null}
          {props.children}
        </div>
      </div>
      {isAtBottom ? null : (
        <Button
          look="secondary"
          size="small"
          onClick={toBottom}
          className="absolute bottom-3 left-1/2 -translate-x-1/2 rounded-full bg-popover shadow-md"
        >
          <ArrowDown />
          {t(props.reader === undefined ? 'conversation.toBottom' : 'conversation.newTextBelow')}
        </Button>
      )}
    </div>
  )
}

/** Brings the message that the address names into view, once it is there. */
function useShownMessage(messageId: string | undefined, messages: readonly Message[]): void {
  const shown = useRef<string>(undefined)
  useEffect(() => {
    if (messageId === undefined || shown.current === messageId) return
    const element = document.getElementById(`message-${messageId}`)
    if (element === null || messages.length === 0) return
    shown.current = messageId
    // Twice: what is scrolled over gets its real height only then.
    element.scrollIntoView({ block: 'center' })
    requestAnimationFrame(() => element.scrollIntoView({ block: 'center' }))
    element.focus({ preventScroll: true })
  }, [messageId, messages])
}
