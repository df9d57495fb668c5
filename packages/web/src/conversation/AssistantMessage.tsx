import { type AnswerState, answerStateOf, type Citation, type Message } from '@quory/sdk'
import { memo, useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Spinner } from '../ui/Spinner.tsx'
import { AnswerActions } from './AnswerActions.tsx'
import { AnswerEnding } from './AnswerEnding.tsx'
import { AnswerSteps } from './AnswerSteps.tsx'
import type { LiveAnswerReader } from './live-answer.ts'
import { AnswerText } from './text/AnswerText.tsx'
import { CitationsProvider } from './text/citations-context.ts'
import { useLive } from './use-live-answer.ts'
import type { MessageActions } from './use-message-actions.ts'

interface AssistantMessageProps {
  readonly message: Message
  /** Of this answer, while it is made. */
  readonly reader: LiveAnswerReader | undefined
  /** How it was read to its end here: holds the thoughts and tools, which a stored message does not. */
  readonly readState: AnswerState | undefined
  readonly actions: MessageActions
  readonly onOpenCitation: (messageId: string, citation: Citation) => void
}

export const AssistantMessage = memo(function AssistantMessage(props: AssistantMessageProps) {
  const { message, reader, readState, actions, onOpenCitation } = props
  const { t } = useTranslation()
  const live = useLive(reader)
  const stored = useMemo(() => answerStateOf(message), [message])
  const state = live?.state ?? (readState === undefined ? stored : withSteps(stored, readState))
  const isRunning = state.status === 'queued' || state.status === 'processing'
  const open = useCallback((citation: Citation) => onOpenCitation(message.id, citation), [message.id, onOpenCitation])
  const citations = useMemo(() => ({ citations: state.citations, open }), [state.citations, open])
  return (
    <div>
      <AnswerSteps state={state} />
      <CitationsProvider value={citations}>
        <AnswerText text={state.text} isRunning={isRunning} />
      </CitationsProvider>
      {isRunning && (state.text === '' || state.status === 'queued') ? (
        <p className="flex items-center gap-2 py-1 text-sm text-muted-foreground">
          <Spinner />
          {state.status === 'queued' ? waitingText(state.queuePosition) : t('conversation.working')}
        </p>
      ) : null}
      {isRunning && live?.connection === 'lost' ? (
        <p role="status" className="mt-2 text-xs text-muted-foreground">
          {t('conversation.connectionLost')}
        </p>
      ) : null}
      <AnswerEnding state={state} />
      {isRunning || live !== undefined ? null : <AnswerActions message={message} actions={actions} />}
    </div>
  )

  function waitingText(position: number | null): string {
    return position === null ? t('conversation.queued') : t('conversation.queuedAt', { position })
  }
})

function withSteps(stored: AnswerState, read: AnswerState): AnswerState {
  return { ...stored, thinking: read.thinking, toolCalls: read.toolCalls }
}
