import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../ui/Button.tsx'
import { fieldLook } from '../ui/TextField.tsx'

interface QuestionEditorProps {
  readonly content: string
  readonly onSend: (content: string) => void
  readonly onCancel: () => void
}

/** Asks a question in another form: the one that was asked stays, beside it. */
export function QuestionEditor({ content, onSend, onCancel }: QuestionEditorProps) {
  const { t } = useTranslation()
  const [text, setText] = useState(content)
  const isReady = text.trim() !== '' && text !== content
  return (
    <form
      className="grid gap-2 rounded-2xl border bg-card p-3"
      onSubmit={(event) => {
        event.preventDefault()
        if (isReady) onSend(text)
      }}
    >
      <textarea
        // biome-ignore lint/a11y/noAutofocus: whoever chose to edit goes on here
        autoFocus
        aria-label={t('conversation.editQuestion')}
        dir="auto"
        className={`${fieldLook} field-sizing-content max-h-80 min-h-20 resize-none py-2 text-base`}
        value={text}
        onFocus={({ currentTarget }) => currentTarget.setSelectionRange(text.length, text.length)}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return
          if (event.key === 'Escape') {
            event.preventDefault()
            event.stopPropagation()
            onCancel()
          } else if (event.key === 'Enter' && !event.shiftKey) {
            event.preventDefault()
            if (isReady) onSend(text)
          }
        }}
      />
      <div className="flex flex-wrap items-center justify-end gap-2">
        <p className="me-auto text-xs text-muted-foreground">{t('conversation.editHint')}</p>
        <Button size="small" onClick={onCancel}>
          {t('ui.cancel')}
        </Button>
        <Button size="small" look="primary" type="submit" disabled={!isReady}>
          {t('conversation.send')}
        </Button>
      </div>
    </form>
  )
}
