import type { Message } from '@quory/sdk'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../ui/IconButton.tsx'

interface SiblingArrowsProps {
  readonly message: Message
  readonly onWalk: (messageId: string) => void
}

/** "2 / 3": the other forms of a question, or the other answers to it. */
export function SiblingArrows({ message, onWalk }: SiblingArrowsProps) {
  const { t } = useTranslation()
  const siblings = message.siblings ?? []
  if (siblings.length < 2) return null
  const place = siblings.indexOf(message.id)
  const walk = (by: number) => {
    const next = siblings[place + by]
    if (next !== undefined) onWalk(next)
  }
  return (
    <div className="flex items-center text-xs text-muted-foreground">
      <IconButton
        size="icon-small"
        label={t('conversation.previousVersion')}
        aria-disabled={place <= 0}
        onClick={() => walk(-1)}
      >
        <ChevronLeft className="rtl:-scale-x-100" />
      </IconButton>
      <span aria-hidden className="tabular-nums">
        {place + 1} / {siblings.length}
      </span>
      <span className="sr-only">{t('conversation.version', { place: place + 1, count: siblings.length })}</span>
      <IconButton
        size="icon-small"
        label={t('conversation.nextVersion')}
        aria-disabled={place >= siblings.length - 1}
        onClick={() => walk(1)}
      >
        <ChevronRight className="rtl:-scale-x-100" />
      </IconButton>
    </div>
  )
}
