import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { projectQuery } from '../server/me-query.ts'
import { useQuory } from '../server/quory-context.ts'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Page } from '../ui/Page.tsx'
import { Skeleton } from '../ui/Skeleton.tsx'
import { DeleteProject } from './DeleteProject.tsx'
import { MemberList } from './MemberList.tsx'
import { ProjectForm } from './ProjectForm.tsx'

const route = getRouteApi('/shell/p/$projectId/settings')

export function SettingsPage() {
  const { projectId } = route.useParams()
  const { t } = useTranslation()
  const project = useQuery(projectQuery(useQuory(), projectId))
  return (
    <Page title={t('settings.title')}>
      {project.isPending ? <Skeleton className="h-64" /> : null}
      {project.isError ? <ErrorNotice error={project.error} onRetry={() => void project.refetch()} /> : null}
      {project.data === undefined ? null : (
        <div className="grid grid-cols-1 gap-10">
          <ProjectForm key={project.data.id} project={project.data} />
          {project.data.role === 'owner' ? (
            <>
              <MemberList project={project.data} />
              <DeleteProject project={project.data} />
            </>
          ) : null}
        </div>
      )}
    </Page>
  )
}
