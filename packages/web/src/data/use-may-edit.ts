import { useQuery } from '@tanstack/react-query'
import { projectQuery } from '../server/me-query.ts'
import { useQuory } from '../server/quory-context.ts'

/** Whether the reader may change what answers are made from: editors and owners may. Undefined until it is known. */
export function useMayEdit(projectId: string | undefined): boolean | undefined {
  const project = useQuery({ ...projectQuery(useQuory(), projectId ?? ''), enabled: projectId !== undefined })
  return project.data === undefined ? undefined : project.data.role !== 'viewer'
}
