import type { Invitation, Quory } from '@quory/sdk'
import { queryOptions } from '@tanstack/react-query'
import { dataOf } from '../server/data-of.ts'

/** Who was invited to a project and has not come yet; for its owners. */
export function invitationsQuery(quory: Quory, projectId: string) {
  return queryOptions({
    queryKey: ['invitations', projectId],
    queryFn: async ({ signal }): Promise<readonly Invitation[]> => {
      const params = { path: { project_id: projectId } }
      return dataOf(await quory.api.GET('/v1/projects/{project_id}/invitations', { params, signal })).invitations
    },
  })
}
