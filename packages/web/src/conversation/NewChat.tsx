import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

interface NewChatProps {
  readonly title: string
  readonly gettingStarted: ReactNode
  readonly composer: ReactNode
  readonly pending: readonly ReactNode[]
}

/** Before the first question: a greeting, and where to write. */
export function NewChat({ title, gettingStarted, composer, pending }: NewChatProps) {
  const { t } = useTranslation()
  if (pending.length > 0) {
    return (
      <section className="flex min-h-0 min-w-0 flex-1 flex-col">
        <h1 className="sr-only">{title}</h1>
        <div className="min-h-0 flex-1 overflow-y-auto">
          <div className="mx-auto w-full max-w-3xl px-4 pt-12">{pending}</div>
        </div>
        {composer}
      </section>
    )
  }
  return (
    <section className="flex min-h-0 min-w-0 flex-1 flex-col overflow-y-auto">
      <div className="mx-auto my-auto grid w-full max-w-3xl gap-2 px-4 pt-16 pb-6 text-center">
        <h1 className="text-2xl font-semibold text-balance">{t('conversation.greeting')}</h1>
        <p className="text-balance text-muted-foreground">{t('conversation.whatToAsk')}</p>
        {gettingStarted === undefined ? null : <div className="mt-4">{gettingStarted}</div>}
      </div>
      {composer}
    </section>
  )
}
