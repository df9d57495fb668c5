import { CircleAlert, WifiOff } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '../ui/Button.tsx'
import { Spinner } from '../ui/Spinner.tsx'
import type { OutgoingQuestion } from './outbox.ts'
import { QuestionBubble } from './UserMessage.tsx'

interface OutgoingMessageProps {
  readonly question: OutgoingQuestion
  readonly onRetry: () => void
  /** Takes the text back into the composer. */
  readonly onTakeBack: () => void
}

/** A question that the server does not have yet. */
export function OutgoingMessage({ question, onRetry, onTakeBack }: OutgoingMessageProps) {
  const { t } = useTranslation()
  return (
    <div className="flex flex-col items-end gap-2">
      <QuestionBubble content={question.content} />
      {question.state === 'sending' ? (
        <p role="status" className="flex items-center gap-2 text-xs text-muted-foreground">
          <Spinner className="size-3" />
          {t('conversation.sending')}
        </p>
      ) : (
        <div role="alert" className="flex flex-wrap items-center justify-end gap-2 text-sm">
          <div className="flex min-w-0 gap-2">
            {question.state === 'waiting' ? (
              <WifiOff aria-hidden className="mt-0.5 size-4 shrink-0 text-muted-foreground" />
            ) : (
              <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-destructive" />
            )}
            <p className="wrap-anywhere">
              {question.state === 'waiting'
                ? t('conversation.waitsForConnection')
                : t('conversation.notSent', { reason: question.reason ?? t('conversation.serverAway') })}
            </p>
          </div>
          <Button size="small" onClick={onRetry}>
            {t('ui.tryAgain')}
          </Button>
          <Button size="small" onClick={onTakeBack}>
            {t('conversation.takeBack')}
          </Button>
        </div>
      )}
    </div>
  )
}
