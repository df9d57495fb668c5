import type { ListedSource, Quory } from '@quory/sdk'
import { infiniteQueryOptions } from '@tanstack/react-query'
import { dataOf } from '../server/data-of.ts'

export interface SourcePage {
  readonly sources: ListedSource[]
  readonly next: string | null
}

export function isAtWork({ status, job }: ListedSource): boolean {
  return status === 'syncing' || job !== null
}

/** A project's sources with those words in their names. Looked at again by itself while one of them is being read. */
export function sourcesQuery(quory: Quory, projectId: string, words: string) {
  return infiniteQueryOptions({
    queryKey: ['sources', projectId, 'list', words],
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam, signal }): Promise<SourcePage> => {
      const answer = await quory.api.GET('/v1/projects/{project_id}/data-sources', {
        params: {
          path: { project_id: projectId },
          query: {
            limit: 50,
            sort: 'newest' as const,
            ...(words === '' ? {} : { q: words }),
            ...(pageParam === null ? {} : { cursor: pageParam }),
          },
        },
        signal,
      })
      return { sources: dataOf(answer).data_sources, next: answer.response.headers.get('x-next-cursor') }
    },
    getNextPageParam: ({ next }) => next,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ sources }) => sources.some(isAtWork)) === true ? 1_500 : false,
  })
}
