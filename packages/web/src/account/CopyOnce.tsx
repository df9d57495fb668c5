import { Check, Copy } from 'lucide-react'
import { useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../ui/Button.tsx'
import { fieldLook } from '../ui/TextField.tsx'

/** A secret that is shown now and never again. */
export function CopyOnce({
  label,
  secret,
  hint,
}: {
  readonly label: string
  readonly secret: string
  readonly hint: string
}) {
  const { t } = useTranslation()
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  const [isCopied, setIsCopied] = useState(false)
  useEffect(() => field.current?.select(), [])
  async function copy(): Promise<void> {
    // Without HTTPS a browser has no clipboard to give; then what is selected is the person's to copy.
    if ('clipboard' in navigator) await navigator.clipboard.writeText(secret)
    else field.current?.select()
    setIsCopied('clipboard' in navigator)
  }
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <div className="flex gap-2">
        <input
          ref={field}
          id={id}
          value={secret}
          readOnly
          aria-describedby={`${id}-hint`}
          className={`${fieldLook} h-9 min-w-0 font-mono`}
          onFocus={(event) => event.currentTarget.select()}
        />
        <Button onClick={() => void copy()}>
          {isCopied ? <Check /> : <Copy />}
          <span aria-live="polite">{isCopied ? t('ui.copied') : t('ui.copy')}</span>
        </Button>
      </div>
      <p id={`${id}-hint`} className="text-xs text-muted-foreground">
        {hint}
      </p>
    </div>
  )
}
