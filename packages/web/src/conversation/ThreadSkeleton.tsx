import { useTranslation } from 'react-i18next'
import { Skeleton } from '../ui/Skeleton.tsx'

export function ThreadSkeleton() {
  const { t } = useTranslation()
  return (
    <div role="status" className="mx-auto flex w-full max-w-3xl flex-1 flex-col gap-6 overflow-hidden px-4 pt-12">
      <span className="sr-only">{t('ui.loading')}</span>
      {[1, 2, 3].map((place) => (
        <div key={place} className="grid gap-3">
          <Skeleton className="h-11 w-2/5 justify-self-end rounded-2xl" />
          <Skeleton className="h-4 w-full" />
          <Skeleton className="h-4 w-11/12" />
          <Skeleton className="h-4 w-3/5" />
        </div>
      ))}
    </div>
  )
}
