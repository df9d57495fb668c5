import { QuoryRequestError } from '@quory/sdk'
import { CircleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from './Button.tsx'

/** What went wrong, in words, with a way out of it. */
export function ErrorNotice({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const { t } = useTranslation()
  return (
    <div
      role="alert"
      className="flex items-start gap-3 rounded-lg border border-destructive/40 bg-destructive/5 p-3 text-sm"
    >
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-destructive" />
      <div className="min-w-0 flex-1 wrap-anywhere">
        {error instanceof QuoryRequestError ? error.message : t('ui.notReached')}
        {error instanceof QuoryRequestError && error.status >= 500 && error.requestId !== undefined ? (
          <p className="mt-1 text-xs text-muted-foreground">{t('ui.requestId', { id: error.requestId })}</p>
        ) : null}
      </div>
      {onRetry === undefined ? null : (
        <Button size="small" onClick={onRetry}>
          {t('ui.tryAgain')}
        </Button>
      )}
    </div>
  )
}
