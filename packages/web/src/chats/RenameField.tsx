import { useState } from 'react'
import { useTranslation } from 'react-i18next'

interface RenameFieldProps {
  readonly name: string
  /** With the new name, or without when nothing is to change. */
  readonly onEnd: (name: string | undefined) => void
}

/** A name that is changed where it stands: Enter or leaving keeps, Escape takes back. */
export function RenameField({ name, onEnd }: RenameFieldProps) {
  const { t } = useTranslation()
  const [words, setWords] = useState(name)
  const end = () => {
    const wanted = words.trim()
    onEnd(wanted === '' || wanted === name ? undefined : wanted)
  }
  return (
    <input
      // biome-ignore lint/a11y/noAutofocus: the person has just asked to type here
      autoFocus
      aria-label={t('chats.nameOf', { name })}
      maxLength={100}
      value={words}
      onChange={(event) => setWords(event.currentTarget.value)}
      onFocus={(event) => event.currentTarget.select()}
      onBlur={end}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return
        if (event.key === 'Enter') end()
        if (event.key === 'Escape') onEnd(undefined)
      }}
      className="h-8.5 w-full rounded-md border border-ring bg-card px-2.5 text-sm text-foreground"
    />
  )
}
