import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useQuory } from '../server/quory-context.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Markdown } from '../ui/Markdown.tsx'
import { Skeleton } from '../ui/Skeleton.tsx'

interface OverviewDialogProps {
  readonly projectId: string
  readonly trainingId: string
  readonly onClose: () => void
}

export function OverviewDialog({ projectId, trainingId, onClose }: OverviewDialogProps) {
  const { t } = useTranslation()
  const quory = useQuory()
  const overview = useQuery({
    queryKey: ['training', projectId, trainingId, 'overview'],
    queryFn: async ({ signal }) =>
      await (await quory.request(`/v1/projects/${projectId}/training/${trainingId}/overview`, { signal })).text(),
  })
  return (
    <Dialog title={t('data.training.overview')} isOpen onOpenChange={onClose} className="max-w-2xl">
      {overview.isPending ? <Skeleton className="h-64" /> : null}
      {overview.isError ? <ErrorNotice error={overview.error} onRetry={() => void overview.refetch()} /> : null}
      {overview.data === undefined ? null : (
        <div className="text-sm wrap-anywhere">
          <Markdown>{overview.data}</Markdown>
        </div>
      )}
    </Dialog>
  )
}
