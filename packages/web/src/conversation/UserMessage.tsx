import type { Message } from '@quory/sdk'
import { Check, Copy, Pencil } from 'lucide-react'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../ui/IconButton.tsx'
import { QuestionEditor } from './QuestionEditor.tsx'
import { SiblingArrows } from './SiblingArrows.tsx'
import { useCopy } from './use-copy.ts'

interface UserMessageProps {
  readonly message: Message
  readonly isEditing: boolean
  readonly onEdit: (messageId: string | undefined) => void
  readonly onAskAnew: (message: Message, content: string) => void
  readonly onWalk: (messageId: string) => void
}

export const UserMessage = memo(function UserMessage(props: UserMessageProps) {
  const { message, isEditing, onEdit, onAskAnew, onWalk } = props
  const { t } = useTranslation()
  const { isCopied, copy } = useCopy()
  if (isEditing) {
    return (
      <QuestionEditor
        content={message.content}
        onCancel={() => onEdit(undefined)}
        onSend={(content) => {
          onEdit(undefined)
          onAskAnew(message, content)
        }}
      />
    )
  }
  return (
    <div className="flex flex-col items-end gap-1">
      <QuestionBubble content={message.content} />
      <div className="flex items-center">
        <SiblingArrows message={message} onWalk={onWalk} />
        <IconButton
          size="icon-small"
          label={isCopied ? t('ui.copied') : t('conversation.copyQuestion')}
          onClick={() => copy(message.content)}
        >
          {isCopied ? <Check /> : <Copy />}
        </IconButton>
        <IconButton size="icon-small" label={t('conversation.editQuestion')} onClick={() => onEdit(message.id)}>
          <Pencil />
        </IconButton>
      </div>
    </div>
  )
})

export function QuestionBubble({ content }: { readonly content: string }) {
  return (
    <p
      dir="auto"
      className="max-w-[min(85%,42rem)] rounded-2xl rounded-ee-md bg-secondary px-4 py-2.5 whitespace-pre-wrap text-secondary-foreground wrap-anywhere"
    >
      {content}
    </p>
  )
}
