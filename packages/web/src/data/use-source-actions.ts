import type { ListedSource } from '@quory/sdk'
import { useTranslation } from 'react-i18next'
import { useQuory } from '../server/quory-context.ts'
import { describeError } from '../ui/describe-error.ts'
import { notify } from '../ui/notify.ts'

export function useSourceActions() {
  const quory = useQuory()
  const { t } = useTranslation()
  const pathOf = ({ project_id, id }: ListedSource) => ({ params: { path: { project_id, data_source_id: id } } })

  async function attempt(action: () => Promise<unknown>): Promise<void> {
    try {
      await action()
    } catch (error) {
      notify('problem', describeError(error, t))
    }
  }

  return {
    /** An upload is parsed and indexed anew; of any other place, what changed there is fetched. */
    readAgain: (source: ListedSource) =>
      attempt(() =>
        source.type.endsWith('_upload')
          ? quory.api.POST('/v1/projects/{project_id}/training', {
              params: { path: { project_id: source.project_id } },
              body: { data_source_ids: [source.id] },
            })
          : quory.api.POST('/v1/projects/{project_id}/data-sources/{data_source_id}/sync', {
              ...pathOf(source),
              body: { full: false },
            }),
      ),
    sync: (source: ListedSource, action: 'pause' | 'resume' | 'cancel') =>
      attempt(() =>
        quory.api.POST(`/v1/projects/{project_id}/data-sources/{data_source_id}/${action}`, pathOf(source)),
      ),
    remove: (source: ListedSource) =>
      attempt(() => quory.api.DELETE('/v1/projects/{project_id}/data-sources/{data_source_id}', pathOf(source))),
  }
}
