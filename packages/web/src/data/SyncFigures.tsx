import type { SourceWithDocuments } from '@quory/sdk'
import { useQueryClient } from '@tanstack/react-query'
import { Pause, Play, Square } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '../ui/Button.tsx'
import { localeOf } from '../ui/locale-of.ts'
import { useMayEdit } from './use-may-edit.ts'
import { useSourceActions } from './use-source-actions.ts'

type Sync = NonNullable<SourceWithDocuments['sync']>

const stages = ['listed', 'fetched', 'parsed', 'indexed', 'embedded'] as const

/** How far a sync is, stage by stage, and what can be done about it. */
export function SyncFigures({ source, sync }: { readonly source: SourceWithDocuments; readonly sync: Sync }) {
  const { t, i18n } = useTranslation()
  const queryClient = useQueryClient()
  const actions = useSourceActions()
  const mayEdit = useMayEdit(source.project_id) === true
  const number = new Intl.NumberFormat(localeOf(i18n.language))
  const act = (action: 'pause' | 'resume' | 'cancel') =>
    void actions
      .sync(source, action)
      .then(() => queryClient.invalidateQueries({ queryKey: ['sources', source.project_id] }))
  return (
    <section aria-label={t('data.sync.title')} className="grid grid-cols-1 gap-3 rounded-lg border p-3 text-sm">
      <div className="flex flex-wrap items-center gap-2">
        <p className="min-w-0 flex-1 font-medium">{t(`data.sync.${sync.state}`)}</p>
        {mayEdit && sync.state === 'running' ? (
          <>
            <Button size="small" onClick={() => act('pause')}>
              <Pause />
              {t('data.sync.pause')}
            </Button>
            <Button size="small" onClick={() => act('cancel')}>
              <Square />
              {t('ui.cancel')}
            </Button>
          </>
        ) : null}
        {mayEdit && sync.state === 'paused' ? (
          <Button size="small" onClick={() => act('resume')}>
            <Play />
            {t('data.sync.resume')}
          </Button>
        ) : null}
      </div>
      {sync.error === null ? null : <p className="text-xs text-destructive wrap-anywhere">{sync.error}</p>}
      {sync.progress === null ? null : (
        <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-xs">
          {stages.map((stage) => {
            const amount = sync.progress?.[stage]
            if (amount == null) return null
            return (
              <div key={stage} className="contents">
                <dt className="text-muted-foreground">{t(`data.sync.stages.${stage}`)}</dt>
                <dd className="text-end tabular-nums">{number.format(amount.files)}</dd>
              </div>
            )
          })}
          {sync.progress.remaining_seconds === null ? null : (
            <>
              <dt className="text-muted-foreground">{t('data.sync.remaining')}</dt>
              <dd className="text-end">
                {t('data.sync.minutes', { count: Math.ceil(sync.progress.remaining_seconds / 60) })}
              </dd>
            </>
          )}
        </dl>
      )}
    </section>
  )
}
