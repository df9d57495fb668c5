import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { FilePlus2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { SampleButton } from '../data/SampleButton.tsx'
import { useMayEdit } from '../data/use-may-edit.ts'
import { dataOf } from '../server/data-of.ts'
import { useQuory } from '../server/quory-context.ts'
import { Button } from '../ui/Button.tsx'

/** What a new chat offers while its project has no documents: somewhere to get answers from. */
export function GettingStarted({ projectId }: { readonly projectId: string }) {
  const { t } = useTranslation()
  const quory = useQuory()
  const mayEdit = useMayEdit(projectId)
  const { data: isEmpty } = useQuery({
    queryKey: ['sources', projectId, 'is-empty'],
    queryFn: async ({ signal }) =>
      dataOf(
        await quory.api.GET('/v1/projects/{project_id}/data-sources', {
          params: { path: { project_id: projectId }, query: { limit: 1 } },
          signal,
        }),
      ).data_sources.length === 0,
  })
  if (isEmpty !== true || mayEdit === undefined) return null
  if (!mayEdit)
    return <p className="text-center text-sm text-balance text-muted-foreground">{t('data.empty.viewer')}</p>
  return (
    <div className="mx-auto grid max-w-md justify-items-center gap-3 rounded-xl border border-dashed p-6">
      <p className="text-sm text-balance text-muted-foreground">{t('shell.noDocuments')}</p>
      <div className="flex flex-wrap justify-center gap-2">
        <Button asChild look="primary">
          <Link to="/p/$projectId/data" params={{ projectId }}>
            <FilePlus2 />
            {t('shell.addDocuments')}
          </Link>
        </Button>
        <SampleButton projectId={projectId} />
      </div>
    </div>
  )
}
