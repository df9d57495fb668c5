import type { Me, Project, Quory } from '@quory/sdk'
import { queryOptions } from '@tanstack/react-query'
import { dataOf } from './data-of.ts'

/** Who is signed in, with their projects. */
export function meQuery(quory: Quory) {
  return queryOptions({
    queryKey: ['me'],
    queryFn: async ({ signal }): Promise<Me> => dataOf(await quory.api.GET('/v1/me', { signal })),
  })
}

export function projectQuery(quory: Quory, projectId: string) {
  return queryOptions({
    queryKey: ['project', projectId],
    queryFn: async ({ signal }): Promise<Project> =>
      dataOf(await quory.api.GET('/v1/projects/{project_id}', { params: { path: { project_id: projectId } }, signal })),
  })
}
