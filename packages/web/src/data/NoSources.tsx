import { FileStack } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../ui/EmptyState.tsx'
import { SampleButton } from './SampleButton.tsx'
import { useMayEdit } from './use-may-edit.ts'

export function NoSources({ projectId }: { readonly projectId: string }) {
  const { t } = useTranslation()
  if (useMayEdit(projectId) === false) return <EmptyState icon={<FileStack />} title={t('data.empty.viewer')} />
  return (
    <EmptyState icon={<FileStack />} title={t('data.empty.title')} text={t('data.empty.text')}>
      <SampleButton projectId={projectId} />
    </EmptyState>
  )
}
