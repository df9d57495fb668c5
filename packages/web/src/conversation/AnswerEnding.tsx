import type { AnswerState } from '@quory/sdk'
import { CircleAlert, CircleStop } from 'lucide-react'
import { useTranslation } from 'react-i18next'

/** The codes whose cause and cure are known in words; of the others the server's own words are shown. */
const known = new Set([
  'model_unavailable',
  'model_refused',
  'model_timeout',
  'model_tools_unsupported',
  'model_context_too_long',
  'model_broken_stream',
  'attempts_exhausted',
  'internal_error',
] as const)
type Known = typeof known extends ReadonlySet<infer Code> ? Code : never

/** How an answer ended, when not as it should: why, and what can be done. */
export function AnswerEnding({ state }: { readonly state: AnswerState }) {
  const { t } = useTranslation()
  if (state.status === 'cancelled') {
    return (
      <p className="mt-2 flex items-center gap-2 text-sm text-muted-foreground">
        <CircleStop aria-hidden className="size-4 shrink-0" />
        {t('conversation.stopped')}
      </p>
    )
  }
  if (state.status !== 'failed') return null
  const { code = '', message = '' } = state.error ?? {}
  return (
    <div className="mt-2 flex gap-3 rounded-lg border border-destructive/40 bg-destructive/5 p-3 text-sm">
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-destructive" />
      <div className="min-w-0 wrap-anywhere">
        <p className="font-medium">{isKnown(code) ? t(`conversation.failure.${code}`) : t('conversation.failed')}</p>
        {message === '' ? null : <p className="mt-1 text-muted-foreground">{message}</p>}
      </div>
    </div>
  )
}

function isKnown(code: string): code is Known {
  return known.has(code as Known)
}
