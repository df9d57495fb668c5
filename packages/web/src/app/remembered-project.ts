import type { Quory } from '@quory/sdk'
import type { QueryClient } from '@tanstack/react-query'
import { meQuery } from '../server/me-query.ts'

const place = 'quory.project'

/** The project that was open last, or else the one that everybody has. */
export async function rememberedProject(context: {
  readonly quory: Quory
  readonly queryClient: QueryClient
}): Promise<string> {
  const me = await context.queryClient.ensureQueryData(meQuery(context.quory))
  const remembered = localStorage.getItem(place)
  return me.projects.find(({ id }) => id === remembered)?.id ?? me.default_project_id
}

export function rememberProject(projectId: string): void {
  localStorage.setItem(place, projectId)
}
