import { useQuery } from '@tanstack/react-query'
import { dataOf } from '../server/data-of.ts'
import { useQuory } from '../server/quory-context.ts'

/** What kind of file the document was read from. */
export function useDocumentType(projectId: string, documentId: string) {
  const quory = useQuory()
  return useQuery({
    queryKey: ['document', projectId, documentId],
    queryFn: async ({ signal }) =>
      dataOf(
        await quory.api.GET('/v1/projects/{project_id}/documents/{document_id}', {
          params: { path: { project_id: projectId, document_id: documentId } },
          signal,
        }),
      ),
    select: ({ media_type }) => media_type,
    staleTime: Number.POSITIVE_INFINITY,
  })
}
