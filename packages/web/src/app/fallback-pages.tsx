import { QuoryRequestError } from '@quory/sdk'
import { Link } from '@tanstack/react-router'
import { Compass, TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '../ui/Button.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'

export function NotFoundPage() {
  const { t } = useTranslation()
  return (
    <main className="grid h-full place-items-center">
      <EmptyState icon={<Compass />} title={t('ui.notFound')} text={t('ui.notFoundText')}>
        <Button asChild>
          <Link to="/">{t('ui.goHome')}</Link>
        </Button>
      </EmptyState>
    </main>
  )
}

export function BrokenPage({ error }: { readonly error: unknown }) {
  const { t } = useTranslation()
  if (error instanceof QuoryRequestError && error.status === 404) return <NotFoundPage />
  return (
    <main className="grid h-full place-items-center">
      <EmptyState icon={<TriangleAlert />} title={t('ui.broken')} text={t('ui.brokenText')}>
        <Button onClick={() => location.reload()}>{t('ui.tryAgain')}</Button>
      </EmptyState>
    </main>
  )
}
