import type { Chat } from '@quory/sdk'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../ui/Button.tsx'
import { Dialog, DialogActions } from '../ui/Dialog.tsx'
import { TextArea } from '../ui/TextArea.tsx'

interface DescribeDialogProps {
  readonly chat: Chat
  readonly onEnd: (description: string | undefined) => void
}

export function DescribeDialog({ chat, onEnd }: DescribeDialogProps) {
  const { t } = useTranslation()
  const [words, setWords] = useState(chat.description ?? '')
  return (
    <Dialog title={chat.name} isOpen onOpenChange={() => onEnd(undefined)}>
      <form
        className="contents"
        onSubmit={(event) => {
          event.preventDefault()
          onEnd(words.trim())
        }}
      >
        <TextArea
          label={t('chats.description')}
          hint={t('chats.descriptionHint')}
          maxLength={500}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <DialogActions>
          <Button onClick={() => onEnd(undefined)}>{t('ui.cancel')}</Button>
          <Button type="submit" look="primary">
            {t('ui.save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
