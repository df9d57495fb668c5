import { QuoryRequestError } from '@quory/sdk'
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'

/** One cache for all that was read. `onSignedOut` is told when the server no longer knows who is asking. */
export function createQueryClient({ onSignedOut }: { readonly onSignedOut: () => void }): QueryClient {
  const onError = (error: unknown) => {
    if (error instanceof QuoryRequestError && error.status === 401) onSignedOut()
  }
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        // What was refused stays refused; a server that is away comes back.
        retry: (failures, error) => isPassing(error) && failures < 4,
        retryDelay: (failures) => Math.min(500 * 2 ** failures, 8_000),
      },
      mutations: { retry: false },
    },
  })
}

function isPassing(error: unknown): boolean {
  return !(error instanceof QuoryRequestError) || error.status >= 500
}
