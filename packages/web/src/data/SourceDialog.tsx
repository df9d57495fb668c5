import type { ListedSource } from '@quory/sdk'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dataOf } from '../server/data-of.ts'
import { useQuory } from '../server/quory-context.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Select } from '../ui/Select.tsx'
import { Skeleton } from '../ui/Skeleton.tsx'
import { formatBytes } from './format-bytes.ts'
import { SyncFigures } from './SyncFigures.tsx'
import { isAtWork } from './sources-query.ts'

interface SourceDialogProps {
  readonly source: ListedSource
  readonly onClose: () => void
}

/** A source from inside: how its last sync went, and every file with what became of it. */
export function SourceDialog({ source, onClose }: SourceDialogProps) {
  const quory = useQuory()
  const path = { project_id: source.project_id, data_source_id: source.id }
  const details = useQuery({
    queryKey: ['sources', source.project_id, 'one', source.id],
    queryFn: async ({ signal }) =>
      dataOf(
        await quory.api.GET('/v1/projects/{project_id}/data-sources/{data_source_id}', { params: { path }, signal }),
      ),
    refetchInterval: ({ state }) => (state.data !== undefined && isAtWork(state.data) ? 1_500 : false),
  })
  return (
    <Dialog title={source.name} description={source.type} isOpen onOpenChange={onClose} className="max-w-2xl">
      {details.isPending ? <Skeleton className="h-40" /> : null}
      {details.isError ? <ErrorNotice error={details.error} onRetry={() => void details.refetch()} /> : null}
      {details.data?.sync == null ? null : <SyncFigures source={details.data} sync={details.data.sync} />}
      <SourceFiles source={source} />
    </Dialog>
  )
}

const statuses = ['all', 'indexed', 'skipped', 'failed'] as const

function SourceFiles({ source }: Pick<SourceDialogProps, 'source'>) {
  const { t, i18n } = useTranslation()
  const quory = useQuory()
  const [status, setStatus] = useState<(typeof statuses)[number]>('all')
  const files = useInfiniteQuery({
    queryKey: ['sources', source.project_id, 'files', source.id, status],
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }) => {
      const answer = await quory.api.GET('/v1/projects/{project_id}/data-sources/{data_source_id}/files', {
        params: {
          path: { project_id: source.project_id, data_source_id: source.id },
          query: {
            limit: 50,
            ...(status === 'all' ? {} : { status }),
            ...(pageParam === null ? {} : { cursor: pageParam }),
          },
        },
        signal,
      })
      return { files: dataOf(answer).files, next: answer.response.headers.get('x-next-cursor') }
    },
    getNextPageParam: ({ next }) => next,
    refetchInterval: isAtWork(source) ? 3_000 : false,
  })
  const shown = files.data?.pages.flatMap((page) => page.files) ?? []
  return (
    <section aria-label={t('data.files.title')} className="grid grid-cols-1 gap-3">
      <div className="flex items-end justify-between gap-3">
        <h3 className="text-sm font-semibold">{t('data.files.title')}</h3>
        <Select
          label={t('data.files.show')}
          isLabelHidden
          value={status}
          onChange={(event) => setStatus(statuses.find((name) => name === event.currentTarget.value) ?? 'all')}
          options={statuses.map((name) => ({ value: name, label: t(`data.files.${name}`) }))}
        />
      </div>
      {files.isError ? <ErrorNotice error={files.error} onRetry={() => void files.refetch()} /> : null}
      {files.isSuccess && shown.length === 0 ? (
        <p className="text-sm text-muted-foreground">{t('data.files.none')}</p>
      ) : null}
      <ul className="divide-y rounded-lg border text-sm empty:hidden">
        {shown.map((file) => (
          <li key={file.id} className="grid grid-cols-1 gap-0.5 px-3 py-2">
            <div className="flex items-center gap-2">
              <span className="min-w-0 flex-1 truncate" title={file.key}>
                {file.key}
              </span>
              <span className="text-xs text-muted-foreground">
                {file.size === null ? '' : formatBytes(file.size, i18n.language)}
              </span>
              <Badge tone={file.status === 'failed' ? 'bad' : file.status === 'indexed' ? 'good' : 'neutral'}>
                {t(`data.fileStatus.${file.status}`)}
              </Badge>
            </div>
            {file.reason === null ? null : <p className="text-xs text-muted-foreground wrap-anywhere">{file.reason}</p>}
          </li>
        ))}
      </ul>
      {files.hasNextPage ? (
        <Button
          size="small"
          className="justify-self-start"
          isBusy={files.isFetchingNextPage}
          onClick={() => void files.fetchNextPage()}
        >
          {t('data.showMore')}
        </Button>
      ) : null}
    </section>
  )
}
