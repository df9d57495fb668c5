import type { Me, Quory } from '@quory/sdk'
import { type QueryClient, useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { meQuery } from '../server/me-query.ts'
import { useQuory } from '../server/quory-context.ts'

const place = 'quory.project'

/** The project that was open last, or else the one that everybody has. */
export async function rememberedProject(context: {
  readonly quory: Quory
  readonly queryClient: QueryClient
}): Promise<string> {
  return lastProject(await context.queryClient.ensureQueryData(meQuery(context.quory)))
}

/** The one that the address names, or else the same: so that a view of no project has one beside it. */
export function useCurrentProject(): string | undefined {
  const { projectId } = useParams({ strict: false })
  const { data: me } = useQuery(meQuery(useQuory()))
  return projectId ?? (me === undefined ? undefined : lastProject(me))
}

function lastProject(me: Me): string {
  const remembered = localStorage.getItem(place)
  return me.projects.find(({ id }) => id === remembered)?.id ?? me.default_project_id
}

export function rememberProject(projectId: string): void {
  localStorage.setItem(place, projectId)
}
