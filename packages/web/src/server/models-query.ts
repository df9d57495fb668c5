import type { Quory } from '@quory/sdk'
import { queryOptions } from '@tanstack/react-query'
import { dataOf } from './data-of.ts'

/** The models that can answer, and the providers that do not reply. */
export function modelsQuery(quory: Quory) {
  return queryOptions({
    queryKey: ['models'],
    queryFn: async ({ signal }) => dataOf(await quory.api.GET('/v1/models', { signal })),
    staleTime: 300_000,
  })
}
