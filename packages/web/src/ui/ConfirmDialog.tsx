import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from './Button.tsx'
import { Dialog, DialogActions } from './Dialog.tsx'
import { TextField } from './TextField.tsx'

interface ConfirmDialogProps {
  readonly title: string
  readonly description: string
  readonly action: string
  /** What must be typed before the action can be taken: for what cannot be undone. */
  readonly typed?: string | undefined
  readonly isBusy?: boolean
  readonly isOpen: boolean
  readonly onOpenChange: (isOpen: boolean) => void
  readonly onConfirm: () => void
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  const { t } = useTranslation()
  const [words, setWords] = useState('')
  const isReady = props.typed === undefined || words === props.typed
  return (
    <Dialog
      title={props.title}
      description={props.description}
      isOpen={props.isOpen}
      onOpenChange={(isOpen) => {
        setWords('')
        props.onOpenChange(isOpen)
      }}
    >
      <form
        className="contents"
        onSubmit={(event) => {
          event.preventDefault()
          if (isReady) props.onConfirm()
        }}
      >
        {props.typed === undefined ? null : (
          <TextField
            label={t('ui.typeToConfirm', { words: props.typed })}
            value={words}
            onChange={(event) => setWords(event.currentTarget.value)}
            autoComplete="off"
          />
        )}
        <DialogActions>
          <Button onClick={() => props.onOpenChange(false)}>{t('ui.cancel')}</Button>
          <Button type="submit" look="destructive" disabled={!isReady} isBusy={props.isBusy ?? false}>
            {props.action}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
