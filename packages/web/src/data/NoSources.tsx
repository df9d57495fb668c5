import { FileStack } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../ui/EmptyState.tsx'
import { SampleButton } from './SampleButton.tsx'

export function NoSources({ projectId }: { readonly projectId: string }) {
  const { t } = useTranslation()
  return (
    <EmptyState icon={<FileStack />} title={t('data.empty.title')} text={t('data.empty.text')}>
      <SampleButton projectId={projectId} />
    </EmptyState>
  )
}
