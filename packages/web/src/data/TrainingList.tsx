import type { Quory, TrainingWithJob } from '@quory/sdk'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { GraduationCap } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dataOf } from '../server/data-of.ts'
import { useQuory } from '../server/quory-context.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { describeError } from '../ui/describe-error.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { localeOf } from '../ui/locale-of.ts'
import { notify } from '../ui/notify.ts'
import { Progress } from '../ui/Progress.tsx'
import { Skeleton } from '../ui/Skeleton.tsx'
import { OverviewDialog } from './OverviewDialog.tsx'
import { useMayEdit } from './use-may-edit.ts'

/** Runs that read sources anew, the newest first, with what each found. */
export function TrainingList({ projectId }: { readonly projectId: string }) {
  const { t } = useTranslation()
  const quory = useQuory()
  const queryClient = useQueryClient()
  const mayEdit = useMayEdit(projectId)
  const [isStarting, setIsStarting] = useState(false)
  const [shown, setShown] = useState<string | undefined>()
  const list = useQuery({
    queryKey: ['training', projectId],
    queryFn: async ({ signal }) =>
      dataOf(
        await quory.api.GET('/v1/projects/{project_id}/training', {
          params: { path: { project_id: projectId }, query: { limit: 20 } },
          signal,
        }),
      ).training_jobs,
    refetchInterval: ({ state }) => (state.data?.some(isRunning) === true ? 1_500 : false),
  })

  async function start(): Promise<void> {
    setIsStarting(true)
    try {
      const path = { project_id: projectId }
      await quory.api.POST('/v1/projects/{project_id}/training', {
        params: { path },
        body: { data_source_ids: await allSourceIds(quory, projectId) },
      })
      await queryClient.invalidateQueries({ queryKey: ['training', projectId] })
    } catch (error) {
      notify('problem', describeError(error, t))
    } finally {
      setIsStarting(false)
    }
  }

  return (
    <div className="grid grid-cols-1 gap-4">
      <div className="flex flex-wrap items-center gap-3">
        <p className="min-w-0 flex-1 basis-64 text-sm text-muted-foreground">{t('data.training.text')}</p>
        {mayEdit === true ? (
          <Button isBusy={isStarting} onClick={() => void start()}>
            {t('data.training.start')}
          </Button>
        ) : null}
      </div>
      {list.isPending ? <Skeleton className="h-32" /> : null}
      {list.isError ? <ErrorNotice error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.data?.length === 0 ? <EmptyState icon={<GraduationCap />} title={t('data.training.none')} /> : null}
      <ul className="divide-y rounded-lg border empty:hidden">
        {(list.data ?? []).map((training) => (
          <TrainingRow key={training.id} training={training} onShow={() => setShown(training.id)} />
        ))}
      </ul>
      {shown === undefined ? null : (
        <OverviewDialog projectId={projectId} trainingId={shown} onClose={() => setShown(undefined)} />
      )}
    </div>
  )
}

function TrainingRow({ training, onShow }: { readonly training: TrainingWithJob; readonly onShow: () => void }) {
  const { t, i18n } = useTranslation()
  const { progress, report, status } = training
  const time = new Intl.DateTimeFormat(localeOf(i18n.language), { dateStyle: 'medium', timeStyle: 'short' }).format(
    new Date(training.created_at),
  )
  return (
    <li className="grid grid-cols-1 gap-1.5 px-4 py-3">
      <div className="flex flex-wrap items-center gap-2">
        <p className="min-w-0 flex-1 text-sm font-medium">{time}</p>
        <Badge tone={status === 'failed' ? 'bad' : status === 'completed' ? 'good' : 'neutral'}>
          {t(`data.training.${status}`)}
        </Badge>
        {report === null ? null : (
          <Button size="small" onClick={onShow}>
            {t('data.training.overview')}
          </Button>
        )}
      </div>
      {isRunning(training) ? (
        <>
          <p className="text-xs text-muted-foreground wrap-anywhere">{progress.message}</p>
          <Progress label={t('data.training.progress')} percent={progress.percent_complete} />
        </>
      ) : null}
      {training.error === null ? null : <p className="text-xs text-destructive wrap-anywhere">{training.error}</p>}
      {report === null ? null : (
        <p className="text-xs text-muted-foreground">
          {[
            t('data.training.documents', { count: report.documents }),
            t('data.passages', { count: report.passages }),
            t('data.training.skipped', { count: report.skipped_count }),
          ].join(' · ')}
        </p>
      )}
    </li>
  )
}

function isRunning({ status }: TrainingWithJob): boolean {
  return status === 'queued' || status === 'in_progress'
}

async function allSourceIds(quory: Quory, projectId: string, cursor?: string): Promise<string[]> {
  const answer = await quory.api.GET('/v1/projects/{project_id}/data-sources', {
    params: {
      path: { project_id: projectId },
      query: { limit: 200, sort: 'oldest', ...(cursor === undefined ? {} : { cursor }) },
    },
  })
  const ids = dataOf(answer).data_sources.map(({ id }) => id)
  const next = answer.response.headers.get('x-next-cursor')
  return next === null ? ids : [...ids, ...(await allSourceIds(quory, projectId, next))]
}
